using System.Buffers.Binary;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace HitlReview.Core.Accounts;

/// <summary>
/// Hashes and checks passwords. That is dear on purpose, so only a few at once are: however many are tried, the rest of the program has
/// processors left. Who waits too long, or would be one too many, is told to come back.
/// </summary>
public sealed class PasswordHashing(IOptions<PasswordHasherOptions> options, TimeProvider clock) : IDisposable
{
    /// <summary>
    /// The iterations of PBKDF2 with HMAC-SHA512, as OWASP has them: what <see cref="PasswordHasherOptions.IterationCount"/> is set to.
    /// </summary>
    public const int Iterations = 210_000;

    /// <summary>How many wait for their turn at most; more are refused.</summary>
    public const int MaxWaiting = 32;

    /// <summary>How many from one address wait or are worked on at most, so that one doesn't take all places.</summary>
    public const int MaxOfOne = 4;

    /// <summary>How many are worked on at once: half of the processors, and never more than four.</summary>
    public static readonly int AtOnce = Math.Clamp(Environment.ProcessorCount / 2, 1, 4);

    /// <summary>How long one waits for its turn at most.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    readonly PasswordHasher<HitlUser> _hasher = new(options);
    readonly int _iterations = options.Value.IterationCount;
    readonly SemaphoreSlim _turns = new(AtOnce);
    readonly Dictionary<string, int> _of = new(StringComparer.Ordinal);
    readonly Lock _lock = new();
    int _waiting;
    long _spent;

    /// <summary>The iterations spent so far: what attempts of every kind cost alike.</summary>
    internal long Spent => Interlocked.Read(ref _spent);

    /// <summary>Hashes a password.</summary>
    /// <param name="password">The password, of any length: nothing is cut off.</param>
    /// <param name="source">The address that it came from; null at the command line.</param>
    /// <param name="ct">Gives up while it waits for its turn.</param>
    /// <exception cref="RefusedException">TooMany: too many wait already, or it waited too long.</exception>
    public Task<string> HashAsync(string password, string? source, CancellationToken ct) => RunAsync(() =>
    {
        Interlocked.Add(ref _spent, _iterations);
        return _hasher.HashPassword(new(), password);
    }, source, ct);

    /// <summary>Checks a password. It takes the same time whatever the hash, and if there is none.</summary>
    /// <param name="hash">The stored hash; null where there is no account or no password, and then none is right.</param>
    /// <param name="password">What was given.</param>
    /// <param name="source">The address that it came from; null at the command line.</param>
    /// <param name="ct">Gives up while it waits for its turn.</param>
    /// <exception cref="RefusedException">TooMany: too many wait already, or it waited too long.</exception>
    public Task<PasswordVerificationResult> CheckAsync(string? hash, string password, string? source, CancellationToken ct)
    {
        return RunAsync(Check, source, ct);

        PasswordVerificationResult Check()
        {
            var stored = IterationsOf(hash);
            if (stored < _iterations)
                Rfc2898DeriveBytes.Pbkdf2(password, new byte[16], _iterations - stored, HashAlgorithmName.SHA512, 32);
            Interlocked.Add(ref _spent, _iterations);
            return hash is null ? PasswordVerificationResult.Failed : _hasher.VerifyHashedPassword(new(), hash, password);
        }
    }

    /// <summary>Does a piece of such work when its turn has come.</summary>
    internal async Task<T> RunAsync<T>(Func<T> work, string? source, CancellationToken ct)
    {
        Enter(source);
        try
        {
            await TakeTurnAsync(ct);
            try
            {
                return await Task.Run(work, CancellationToken.None);
            }
            finally
            {
                _turns.Release();
            }
        }
        finally
        {
            Leave(source);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _turns.Dispose();

    async Task TakeTurnAsync(CancellationToken ct)
    {
        using var late = new CancellationTokenSource(Patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, ct);
        try
        {
            await _turns.WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            throw Busy();
        }
    }

    void Enter(string? source)
    {
        lock (_lock)
        {
            if (_waiting == AtOnce + MaxWaiting || (source is not null && _of.GetValueOrDefault(source) == MaxOfOne))
                throw Busy();
            _waiting++;
            if (source is not null)
                _of[source] = _of.GetValueOrDefault(source) + 1;
        }
    }

    void Leave(string? source)
    {
        lock (_lock)
        {
            _waiting--;
            if (source is not null && --_of[source] == 0)
                _of.Remove(source);
        }
    }

    // The third form of Identity's hashes: a byte 1, then the kind of HMAC, the iterations and the length of the salt, four bytes each.
    int IterationsOf(string? hash)
    {
        Span<byte> head = stackalloc byte[12];
        return hash is { Length: > 16 } && Convert.TryFromBase64Chars(hash.AsSpan(0, 16), head, out _) && head[0] == 1
            ? (int)Math.Min(BinaryPrimitives.ReadUInt32BigEndian(head[5..]), _iterations)
            : 0;
    }

    static RefusedException Busy() =>
        new(Refusal.TooMany, "Too many passwords are being checked at this moment. Try again in a few seconds.");
}
