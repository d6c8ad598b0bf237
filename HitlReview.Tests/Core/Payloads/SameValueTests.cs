using System.Globalization;
using System.Numerics;
using System.Text.Encodings.Web;
using System.Text.Json;
using CsCheck;
using HitlReview.Core.Payloads;

namespace HitlReview.Tests.Core.Payloads;

public class SameValueTests
{
    [Theory]
    [InlineData("1.0", "1")]
    [InlineData("-0", "0")]
    [InlineData("-0.00e5", "0e-9")]
    [InlineData("100", "1e2")]
    [InlineData("0.001", "1E-3")]
    [InlineData("12.50", "1250e-2")]
    [InlineData("1e400", "10e399")]
    [InlineData("1e999999999999", "0.1e1000000000000")]
    [InlineData("1e9999999999999999999999", "0.1e10000000000000000000000")]
    [InlineData("1e-10000000000000000000000", "10e-10000000000000000000001")]
    [InlineData("""{"a":1,"b":[2,3]}""", """ { "b" : [ 2.0, 3 ], "a" : 1 } """)]
    [InlineData("""{"a":"\u0061\/"}""", """{"a":"a/"}""")]
    [InlineData("\"\\ud83d\\ude00\"", "\"😀\"")]
    public void Equal_by_value(string a, string b) => Assert.True(Same(a, b));

    [Theory]
    [InlineData("1", "true")]
    [InlineData("0", "false")]
    [InlineData("0", "null")]
    [InlineData("0", "\"0\"")]
    [InlineData("\"\"", "null")]
    [InlineData("{}", "[]")]
    [InlineData("{}", "null")]
    [InlineData("1", "-1")]
    [InlineData("12345678901234567890", "12345678901234567891")]
    [InlineData("0.1", "0.10000000000000000000000000000000000001")]
    [InlineData("1e400", "1e401")]
    [InlineData("1e999999999999", "1e999999999998")]
    [InlineData("[1,2]", "[2,1]")]
    [InlineData("[1,2]", "[12]")]
    [InlineData("[\"a\",\"b\"]", "[\"ab\"]")]
    [InlineData("[[1],2]", "[[1,2]]")]
    [InlineData("""{"a":1}""", """{"a":1,"b":null}""")]
    [InlineData("{\"a\":1}", "{\"a\u200b\":1}")]
    [InlineData("\"é\"", "\"e\u0301\"")]
    [InlineData("\"a\"", "\"A\"")]
    [InlineData("\"\\u0000\"", "\"\"")]
    public void Different_by_value(string a, string b) => Assert.False(Same(a, b));

    [Fact]
    public void Numbers_of_a_million_digits_are_compared_in_no_time()
    {
        var digits = new string('7', 999_000);

        Assert.True(Same($"1e{digits}", $"10e{digits[..^1]}6"));
        Assert.False(Same($"1e{digits}", $"1e{digits[..^1]}6"));
        Assert.True(Same($"{digits}", $"{digits}.000"));
        Assert.False(Same($"{digits}", $"{digits}.0001"));
    }

    /// <summary>A decimal number, as an integer and a power of ten.</summary>
    static readonly Gen<(BigInteger Digits, int Power)> GenNumber = Gen.Select(
        Gen.Long, Gen.Int[-30, 30], (digits, power) => ((BigInteger)digits, power));

    [Fact]
    public void Numbers_are_equal_exactly_if_their_difference_is_zero() =>
        Gen.Select(GenNumber, GenNumber, Gen.Int[0, 12], Gen.Bool).Sample((a, b, shift, equal) =>
        {
            var other = equal ? (Digits: a.Digits * BigInteger.Pow(10, shift), Power: a.Power - shift) : b;
            var least = Math.Min(a.Power, other.Power);
            var expected = a.Digits * BigInteger.Pow(10, a.Power - least) == other.Digits * BigInteger.Pow(10, other.Power - least);

            Assert.Equal(expected, Same(Exponential(a), Exponential(other)));
            Assert.True(Same(Exponential(a), Plain(a)));
        });

    static string Exponential((BigInteger Digits, int Power) number) =>
        string.Create(CultureInfo.InvariantCulture, $"{number.Digits}e{number.Power}");

    static string Plain((BigInteger Digits, int Power) number)
    {
        var sign = number.Digits < 0 ? "-" : "";
        var digits = BigInteger.Abs(number.Digits).ToString(CultureInfo.InvariantCulture);
        if (number.Power >= 0)
            return sign + (digits == "0" ? "0" : digits + new string('0', number.Power));
        digits = digits.PadLeft(1 - number.Power, '0');
        return $"{sign}{digits[..^-number.Power]}.{digits[^-number.Power..]}";
    }

    static readonly Gen<object?> GenLeaf = Gen.OneOf<object?>(
        Gen.Const((object?)null), Gen.Bool.Select(b => (object?)b), Gen.Int.Select(i => (object?)i),
        Gen.String[Gen.Char["ab\u200b\u0000é\"\\"], 0, 4].Select(s => (object?)s));

    static readonly Gen<object?> GenJson = Gen.Recursive<object?>((depth, self) => depth > 3 ? GenLeaf : Gen.OneOf(
        GenLeaf,
        self.Array[0, 4].Select(items => (object?)items),
        Gen.Dictionary(Gen.String[Gen.Char["ab\u200b"], 0, 3], self)[0, 4].Select(members => (object?)members)));

    static readonly JsonSerializerOptions Unlike = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [Fact]
    public void A_value_stays_the_same_however_its_keys_are_ordered_and_its_text_is_laid_out() =>
        Gen.Select(GenJson, Gen.Int).Sample((value, seed) =>
        {
            var original = JsonSerializer.Serialize(value);
            var rewritten = JsonSerializer.Serialize(Shuffle(value, new Random(seed)), Unlike);

            Assert.True(Same(original, rewritten));
        });

    [Fact]
    public void Two_values_are_the_same_exactly_if_their_sorted_forms_are() =>
        Gen.Select(GenJson, GenJson).Sample((a, b) =>
            Assert.Equal(
                JsonSerializer.Serialize(Sort(a)) == JsonSerializer.Serialize(Sort(b)),
                Same(JsonSerializer.Serialize(a), JsonSerializer.Serialize(b))));

    static object? Shuffle(object? value, Random random) => value switch
    {
        object?[] items => items.Select(item => Shuffle(item, random)).ToArray(),
        Dictionary<string, object?> members => members.OrderBy(_ => random.Next()).ToDictionary(m => m.Key, m => Shuffle(m.Value, random)),
        _ => value,
    };

    static object? Sort(object? value) => value switch
    {
        object?[] items => items.Select(Sort).ToArray(),
        Dictionary<string, object?> members =>
            members.OrderBy(m => m.Key, StringComparer.Ordinal).ToDictionary(m => m.Key, m => Sort(m.Value)),
        _ => value,
    };

    static bool Same(string a, string b)
    {
        var (left, right) = (JsonText.Parse(a, "a"), JsonText.Parse(b, "b"));
        Assert.Equal(JsonText.SameValue(left, right), left.ValueKey == right.ValueKey);
        return JsonText.SameValue(left, right);
    }
}
