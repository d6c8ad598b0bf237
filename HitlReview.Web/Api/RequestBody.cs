using System.Buffers;
using HitlReview.Core;
using HitlReview.Web.Hosting;
using HitlReview.Web.Wire;

namespace HitlReview.Web.Api;

/// <summary>Reads a request's body, a large one when its turn comes.</summary>
static class RequestBody
{
    /// <summary>The most bytes that are read at all. What a field may hold is the business of its operation.</summary>
    public const int MaxBytes = 10_000_000;

    /// <summary>Reads the body as a <typeparamref name="T"/>; see <see cref="JsonBody.Parse"/>.</summary>
    /// <exception cref="RefusedException">TooLarge: more than <see cref="MaxBytes"/>. BadRequest, Invalid: as of parsing.</exception>
    /// <exception cref="BadHttpRequestException">The content type isn't JSON (415).</exception>
    public static async Task<T> ReadAsync<T>(HttpContext context, CancellationToken ct) where T : class
    {
        if (!context.Request.HasJsonContentType())
            throw new BadHttpRequestException(
                "The body must be JSON with the header Content-Type: application/json.", StatusCodes.Status415UnsupportedMediaType);
        if (context.Request.ContentLength > MaxBytes)
            throw TooLarge();
        // Lent, because what is made of it has its own copy of what it keeps.
        var (lent, length) = await LendAsync(context, ct);
        try
        {
            return JsonBody.Parse<T>(lent.AsMemory(0, length));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(lent);
        }
    }

    static async Task<(byte[] Lent, int Length)> LendAsync(HttpContext context, CancellationToken ct)
    {
        var request = context.Request;
        var large = context.RequestServices.GetRequiredService<LargeBodies>();
        LargeBodies.Pace? pace = null;
        while (true)
        {
            var read = pace is null ? await request.BodyReader.ReadAsync(ct) : await pace.ReadAsync(request.BodyReader, ct);
            if (read.Buffer.Length > MaxBytes)
                throw TooLarge();
            if (pace is null && read.Buffer.Length > LargeBodies.TakenInAloneFrom)
                pace = await large.TakeInAsync(context, read.Buffer.Length, ct);
            if (read.IsCompleted)
            {
                var length = (int)read.Buffer.Length;
                if (length > LargeBodies.From)
                    await large.EnterAsync(context, ct);
                var lent = ArrayPool<byte>.Shared.Rent(length);
                read.Buffer.CopyTo(lent);
                request.BodyReader.AdvanceTo(read.Buffer.End);
                return (lent, length);
            }
            request.BodyReader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    static RefusedException TooLarge() => new(Refusal.TooLarge, "The body is larger than 10 MB.");
}
