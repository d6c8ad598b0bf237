using System.Globalization;
using System.Text;

namespace HitlReview.Core.Payloads;

/// <summary>
/// The exact decimal value of a JSON number: 0.DIGITS × 10^Exponent, where the digits neither begin nor end with a zero.
/// Equal numbers have equal parts however they are written; the exponent stays text because it may itself be a million digits long.
/// </summary>
/// <param name="IsNegative">False for zero, also for <c>-0</c>.</param>
/// <param name="Digits">Empty for zero.</param>
/// <param name="Exponent">In decimal, without leading zeros; <c>0</c> for zero.</param>
readonly record struct JsonDecimal(bool IsNegative, string Digits, string Exponent)
{
    /// <summary>True if the value has no fraction: <c>1.0</c> and <c>1e2</c> are integers, <c>1e-2</c> is not.</summary>
    public bool IsInteger => Digits.Length == 0
        || (long.TryParse(Exponent, CultureInfo.InvariantCulture, out var exponent) ? exponent >= Digits.Length : Exponent[0] != '-');

    /// <summary>An integer in plain digits; null if that takes more than <paramref name="maxLength"/> of them.</summary>
    public string? ToPlain(int maxLength) =>
        Digits.Length == 0 ? "0"
        : long.TryParse(Exponent, CultureInfo.InvariantCulture, out var exponent) && exponent <= maxLength
            ? (IsNegative ? "-" : "") + Digits.PadRight((int)exponent, '0')
        : null;

    /// <summary>
    /// A number that is to any limit of at most <see cref="LimitDigits"/> significant digits as this one is: less, equal or more. Digits
    /// beyond those are not rounded away but stand as one digit behind the last.
    /// </summary>
    public decimal ToComparable()
    {
        if (Digits.Length == 0)
            return 0;
        var isSmall = Exponent[0] == '-';
        var value = !int.TryParse(Exponent, CultureInfo.InvariantCulture, out var exponent) || Math.Abs((long)exponent) > LimitDigits
            ? isSmall ? new(1, 0, 0, false, LimitDigits + 1) : decimal.MaxValue
            : decimal.Parse(
                $"0.{(Digits.Length > LimitDigits ? $"{Digits.AsSpan(0, LimitDigits)}1" : Digits)}E{exponent}", NumberStyles.Float,
                CultureInfo.InvariantCulture);
        return IsNegative ? -value : value;
    }

    const int LimitDigits = 13;

    /// <summary>
    /// The number in plain digits, the whole part in groups of three: <c>1,000,000.5</c>; null if that takes more than
    /// <paramref name="maxDigits"/> of them.
    /// </summary>
    public string? ToGrouped(int maxDigits)
    {
        if (!int.TryParse(Exponent, CultureInfo.InvariantCulture, out var exponent) || Math.Abs((long)exponent) > maxDigits
            || Digits.Length > maxDigits)
            return null;
        var whole = exponent <= 0 ? "0" : Digits[..Math.Min(exponent, Digits.Length)].PadRight(exponent, '0');
        var fraction = exponent >= Digits.Length ? "" : new string('0', Math.Max(-exponent, 0)) + Digits[Math.Max(exponent, 0)..];
        var grouped = new StringBuilder(IsNegative ? "-" : "");
        foreach (var (i, digit) in (Digits.Length == 0 ? "0" : whole).Index())
            grouped.Append(i > 0 && (whole.Length - i) % 3 == 0 ? "," : "").Append(digit);
        return (fraction.Length > 0 ? grouped.Append('.').Append(fraction) : grouped).ToString();
    }

    /// <summary>Reads a number that is known to be valid JSON. Takes time and memory in proportion to the length of its text.</summary>
    public static JsonDecimal Read(string number)
    {
        var isNegative = number[0] == '-';
        var mantissa = number.AsSpan(isNegative ? 1 : 0);
        var exponent = ReadOnlySpan<char>.Empty;
        if (mantissa.IndexOfAny('e', 'E') is >= 0 and var e)
        {
            exponent = mantissa[(e + 1)..];
            mantissa = mantissa[..e];
        }
        var point = mantissa.IndexOf('.');
        var whole = point < 0 ? mantissa : mantissa[..point];
        var fraction = point < 0 ? [] : mantissa[(point + 1)..];

        var digits = string.Concat(whole, fraction);
        var significant = digits.AsSpan().TrimStart('0');
        if (significant.IsEmpty)
            return new(false, "", "0");
        var leadingZeros = digits.Length - significant.Length;
        return new(isNegative, significant.TrimEnd('0').ToString(), Add(exponent, whole.Length - leadingZeros));
    }

    /// <summary>Adds a small number to a decimal integer of any length.</summary>
    static string Add(ReadOnlySpan<char> number, int small)
    {
        var isNegative = number is ['-', ..];
        var magnitude = number.TrimStart("+-").TrimStart('0');
        if (magnitude.Length <= 18) // fits a long with room to spare
        {
            var value = magnitude.IsEmpty ? 0 : long.Parse(magnitude, NumberStyles.None, CultureInfo.InvariantCulture);
            return ((isNegative ? -value : value) + small).ToString(CultureInfo.InvariantCulture);
        }

        // Far larger than what is added, so the sign stays: carry from the right until nothing is left.
        var result = new StringBuilder().Append(magnitude);
        var carry = (long)(isNegative ? -small : small);
        for (var i = result.Length - 1; i >= 0 && carry != 0; i--)
        {
            var sum = result[i] - '0' + carry;
            var digit = (sum % 10 + 10) % 10;
            result[i] = (char)('0' + digit);
            carry = (sum - digit) / 10;
        }
        if (carry > 0)
            result.Insert(0, carry);
        return (isNegative ? "-" : "") + result.ToString().TrimStart('0');
    }
}
