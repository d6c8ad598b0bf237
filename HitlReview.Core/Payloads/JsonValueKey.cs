using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace HitlReview.Core.Payloads;

/// <summary>
/// Gives equal values equal keys. The value is written in one canonical form (keys in order, numbers as <see cref="JsonDecimal"/>,
/// strings decoded and preceded by their length), whose SHA-256 is the key; the form is never shown or stored.
/// </summary>
static class JsonValueKey
{
    public static string Of(JsonElement value)
    {
        var form = new ArrayBufferWriter<byte>(256);
        Write(form, value);
        return Convert.ToHexStringLower(SHA256.HashData(form.WrittenSpan));
    }

    static void Write(ArrayBufferWriter<byte> form, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                Tag(form, '{');
                foreach (var (name, member) in value.EnumerateObject()
                    .Select(p => (p.Name, p.Value)).OrderBy(p => p.Name, StringComparer.Ordinal))
                {
                    Write(form, name);
                    Write(form, member);
                }
                Tag(form, '}');
                break;
            case JsonValueKind.Array:
                Tag(form, '[');
                foreach (var item in value.EnumerateArray())
                    Write(form, item);
                Tag(form, ']');
                break;
            case JsonValueKind.String:
                Write(form, value.GetString()!);
                break;
            case JsonValueKind.Number:
                var number = JsonDecimal.Read(value.GetRawText());
                Tag(form, number.IsNegative ? '-' : '+');
                Write(form, number.Digits);
                Write(form, number.Exponent);
                break;
            case JsonValueKind.True:
                Tag(form, 't');
                break;
            case JsonValueKind.False:
                Tag(form, 'f');
                break;
            case JsonValueKind.Null:
                Tag(form, 'n');
                break;
            default:
                throw new ArgumentException($"Not a JSON value: {value.ValueKind}.", nameof(value));
        }
    }

    static void Write(ArrayBufferWriter<byte> form, string text)
    {
        var length = Encoding.UTF8.GetByteCount(text);
        Tag(form, '"');
        BinaryPrimitives.WriteInt32BigEndian(form.GetSpan(4), length);
        form.Advance(4);
        form.Advance(Encoding.UTF8.GetBytes(text, form.GetSpan(length)));
    }

    static void Tag(ArrayBufferWriter<byte> form, char tag) => form.Write([(byte)tag]);
}
