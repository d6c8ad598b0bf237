using System.Buffers;
using System.Text;

namespace HitlReview.Core.Payloads;

/// <summary>
/// A text as UTF-8 in lent memory, for as long as somebody looks at it: a payload of 1 MB would else leave 1 MB behind each time that it
/// is checked or hashed.
/// </summary>
readonly ref struct LentUtf8 : IDisposable
{
    readonly byte[] _lent;
    readonly int _length;

    public LentUtf8(string text)
    {
        _lent = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetByteCount(text));
        _length = Encoding.UTF8.GetBytes(text, _lent);
    }

    public ReadOnlySpan<byte> Bytes => _lent.AsSpan(0, _length);

    public void Dispose() => ArrayPool<byte>.Shared.Return(_lent);
}
