using CsCheck;
using HitlReview.Core.HostileText;

namespace HitlReview.Tests.Core.HostileText;

public sealed class VisibleTextSpec
{
    // Whatever has a meaning to one of the rules.
    static readonly string[] Parts =
    [
        "a", "Z", "9", ".", "@", "://", "https://", "www.", "xn--", "%41", "[", "]", "/", "-", " ", "\t", "\n", "\r", "\r\n", "ü", "я", "漢",
        "か", "ש", "م", "क", "्", "😀", "🏽", "🏴", "👩",
        "\u00A0", "\u3000", "\u200B", "\u200C", "\u200D", "\u202E", "\uFE0F", "\u0301", "\u2800", "\U000E0067", "\U000E007F", "\U000E0100",
        "\uD83D", "\uDE00", "      ", "\n\n\n",
    ];

    static readonly Gen<string> Texts = Gen.OneOf(
        Gen.Int[0, Parts.Length - 1].Array[0, 40].Select(picks => string.Concat(picks.Select(pick => Parts[pick]))), Gen.String[0, 30]);

    [Fact]
    public void The_pieces_put_together_are_the_text() =>
        Texts.Sample(text => string.Concat(VisibleText.Split(text).Select(piece => piece.Text)) == text, iter: 20_000);

    [Fact]
    public void The_pieces_put_together_are_the_text_when_it_is_left_whole() =>
        Texts.Sample(text => string.Concat(VisibleText.Split(text, true).Select(piece => piece.Text)) == text, iter: 20_000);

    [Fact]
    public void No_text_is_too_odd_to_be_searched() => Texts.Sample(text => { Traps.Find(text); }, iter: 20_000);

    [Fact]
    public void Nothing_that_shows_as_it_is_hides_a_tag_an_override_or_a_control() =>
        Texts.Sample(text => VisibleText.Split(text.Replace("🏴", "", StringComparison.Ordinal))
            .Where(piece => piece.Kind is PieceKind.Plain or PieceKind.Host)
            .All(piece => !piece.Text.Contains('\u202E', StringComparison.Ordinal)
                && !piece.Text.Contains('\u200B', StringComparison.Ordinal)
                && !piece.Text.Contains("\U000E0067", StringComparison.Ordinal)),
            iter: 20_000);

    [Theory]
    [InlineData("plain words, and digits 123 {}[]\"\\~")]
    [InlineData("two\nlines\tand a tab\r\nand a third")]
    [InlineData("Grüße, 你好, здравствуй, مرحبا, 😀")]
    [InlineData("👩‍👩‍👧‍👦 👩🏽‍🚀 ❤️ 🏳️‍🌈 1️⃣ 🇩🇪 🏴󠁧󠁢󠁥󠁮󠁧󠁿 👁️‍🗨️")]
    [InlineData("葛\U000E0100飾区")]
    [InlineData("می‌خواهم क्‍ष क्‌ष")]
    [InlineData("東京　大阪")]
    [InlineData("\n        if (a)\n                            return;\n\n\n\nend")]
    public void What_shows_by_itself_stays_in_one_piece(string text) =>
        Assert.Equal([new(PieceKind.Plain, text, text.Length)], VisibleText.Split(text));

    [Theory]
    [InlineData("😀\uFE0F\uFE0F", PieceKind.Unseen, 1)]
    [InlineData("a\U000E0100", PieceKind.Unseen, 1)]
    [InlineData("葛\U000E0100\U000E0101", PieceKind.Unseen, 1)]
    [InlineData("🏴\U000E0068\U000E0069\U000E007F", PieceKind.Unseen, 1)]
    [InlineData("a\u200D\u200Db", PieceKind.Unseen, 2)]
    [InlineData("H̷̢̛̺̀i", PieceKind.Marks, 5)]
    [InlineData("pay                    to", PieceKind.Blanks, 20)]
    [InlineData("pay\t\t\t\t\tto", PieceKind.Blanks, 5)]
    [InlineData("pay\u00A0 \u00A0 \u00A0 \u00A0 \u00A0 \u00A0 \u00A0 \u00A0 \u00A0 \u00A0 to", PieceKind.Blanks, 20)]
    [InlineData("a\n \n\r\n\n\n\u00A0\nb", PieceKind.Lines, 6)]
    [InlineData("a\u2028\u2028\u2028\u2028\u2028\u2028b", PieceKind.Lines, 6)]
    public void What_does_not_show_is_a_piece_of_its_own(string text, PieceKind kind, int count)
    {
        var piece = VisibleText.Split(text).First(piece => piece.Kind != PieceKind.Plain);

        Assert.Equal((kind, count), (piece.Kind, piece.Count));
    }

    [Theory]
    [InlineData("see https://user:pw@docs.example.com:8080/a?b=c@d.example#e.", "example.com", "d.example")]
    [InlineData("ann@mail.example, <bob@b.example>; www.example.org!", "mail.example", "b.example", "example.org")]
    [InlineData("(https://example.com) [x](http://a.example/b) https://[::1]:80/", "example.com", "a.example", "[::1]")]
    [InlineData("https:\\\\evil.example\\x postgres://db.example/x git@github.com:a/b.git", "evil.example", "db.example", "github.com")]
    [InlineData("詳細は https://example.com。次に https://例え.テスト/ へ", "example.com", "例え.テスト")]
    [InlineData("https://login.microsoftonline.com.evil.example/", "evil.example")]
    [InlineData("https://a.b.co.uk/ https://www.ck/ https://x.y.ck/ https://me.github.io/", "b.co.uk", "www.ck", "x.y.ck", "me.github.io")]
    [InlineData("https://192.168.0.1/ https://localhost:5000/ http://a.b.рф/", "192.168.0.1", "localhost", "b.рф")]
    [InlineData("@someone, a @ b, 10:30, C:\\dir, std::vector, http://, https://{host}/ and e.g. Program.cs")]
    public void The_registered_names_of_addresses_are_pieces_of_their_own(string text, params string[] hosts) =>
        Assert.Equal(hosts, VisibleText.Split(text).Where(piece => piece.Kind == PieceKind.Host).Select(piece => piece.Text));
}
