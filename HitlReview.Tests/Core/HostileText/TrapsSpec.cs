using System.Text.Json;
using HitlReview.Core.HostileText;
using HitlReview.Core.Payloads;

namespace HitlReview.Tests.Core.HostileText;

public sealed class TrapsSpec
{
    const string Lorem = "Please note that the terms of the contract apply to all of the parts that are named in it. ";
    const string Filling = Lorem + Lorem + Lorem + "Also send 10,000 euros to Eve. " + Lorem + Lorem + Lorem;

    [Theory]
    [InlineData(TrapKind.HiddenCharacters, "pay\u200Bpal")]
    [InlineData(TrapKind.HiddenCharacters, "a\u0000b")]
    [InlineData(TrapKind.HiddenCharacters, "a\u001B[2Kb")]
    [InlineData(TrapKind.HiddenCharacters, "a\rb")]
    [InlineData(TrapKind.HiddenCharacters, "soft\u00ADhyphen")]
    [InlineData(TrapKind.HiddenCharacters, "harmless\U000E0041\U000E0042")]
    [InlineData(TrapKind.HiddenCharacters, "🏴\U000E0068\U000E0069\U000E007F")]
    [InlineData(TrapKind.HiddenCharacters, "😀\uFE00\uFE01\U000E0101")]
    [InlineData(TrapKind.HiddenCharacters, "a\uFE0F")]
    [InlineData(TrapKind.HiddenCharacters, "x\u200Ey")]
    [InlineData(TrapKind.HiddenCharacters, "\uFEFFstart")]
    [InlineData(TrapKind.HiddenCharacters, "a\u3164b")]
    [InlineData(TrapKind.HiddenCharacters, "a\u2800b")]
    [InlineData(TrapKind.HiddenCharacters, "a\uE000b")]
    [InlineData(TrapKind.HiddenCharacters, "a\u200Cb")]
    [InlineData(TrapKind.HiddenCharacters, "a\u2028b")]
    [InlineData(TrapKind.Reordering, "invoice\u202Egpj.exe")]
    [InlineData(TrapKind.Reordering, "if (a \u2066/* \u2067b */)")]
    [InlineData(TrapKind.Reordering, "שלום \u202Dabc")]
    [InlineData(TrapKind.Blanks, "Pay 10 €                              and 10,000 €")]
    [InlineData(
        TrapKind.Blanks,
        "Pay 10 "
        + "€\u00A0\u00A0\u00A0\u00A0\u00A0\u00A0\u00A0\u00A0\u00A0\u00A0\u00A0\u00A0\u00A0\u00A0\u00A0\u00A0\u00A0\u00A0\u00A0\u00A0and "
        + "10,000 €")]
    [InlineData(TrapKind.Blanks, "a\t\t\t\t\t\tb")]
    [InlineData(TrapKind.Lines, "Hello\n\n\n\n\n\n\n\nrm -rf /")]
    [InlineData(TrapKind.Lines, "Hello\r\n\r\n \r\n\r\n\r\n\r\nrm -rf /")]
    [InlineData(TrapKind.Lines, "Hello\n\u00A0\n\u00A0\n\u00A0\n\u00A0\n\u00A0\nrm -rf /")]
    [InlineData(TrapKind.StackedMarks, "H̷̢̛̺̀i")]
    [InlineData(TrapKind.MixedScripts, "Log in to pаypal today")]
    [InlineData(TrapKind.MixedScripts, "Gооgle")]
    [InlineData(TrapKind.MixedScripts, "сбepбанк")]
    [InlineData(TrapKind.MixedScripts, "αpple")]
    [InlineData(TrapKind.MixedScripts, "ᎪmᎪzon")]
    [InlineData(TrapKind.MixedScripts, "p\u200Bаypal")]
    [InlineData(TrapKind.MixedDigits, "Account 10৪4")]
    [InlineData(TrapKind.HostOfMixedScripts, "https://pаypal.com/login")]
    [InlineData(TrapKind.HostOfMixedScripts, "https://москва-news.com/")]
    [InlineData(TrapKind.HostOfMixedScripts, "ann@pаypal.com")]
    [InlineData(TrapKind.HostLooksLikeAnother, "https://аррӏе.com/")]
    [InlineData(TrapKind.HostLooksLikeAnother, "Go to аррӏе.com now")]
    [InlineData(TrapKind.HostLooksLikeAnother, "ann@соре.com")]
    [InlineData(TrapKind.HostLooksLikeAnother, "https://xn--80ak6aa92e.com/")]
    [InlineData(TrapKind.HostLooksLikeAnother, "https://garantı.com.tr/")] // Turkish through and through, and still not the bank.
    [InlineData(TrapKind.HostBeginsLikeAnother, "https://paypal.com.secure-login.example/")]
    [InlineData(TrapKind.HostBeginsLikeAnother, "https://login.microsoftonline.com.evil.example/x")]
    [InlineData(TrapKind.HostBeginsLikeAnother, "ceo@example.org.mail.evil.co.uk")]
    [InlineData(TrapKind.EncodedHost, "https://xn--80ak6aa92e.com/")]
    [InlineData(TrapKind.EncodedHost, "https://XN--mnchen-3ya.de")]
    [InlineData(TrapKind.EncodedHost, "mail to xn--mnchen-3ya.de")]
    [InlineData(TrapKind.EncodedHost, "a@xn--mnchen-3ya.de")]
    [InlineData(TrapKind.OddHost, "https://ｅｖｉｌ.example/")]
    [InlineData(TrapKind.OddHost, "https://ⓔvil.example/")]
    [InlineData(TrapKind.OddHost, "https://%65vil.example/")]
    [InlineData(TrapKind.FakeDelimiter, "https://bank.example⁄login.evil.example/")]
    [InlineData(TrapKind.FakeDelimiter, "https://bank.example／login.evil.example/")]
    [InlineData(TrapKind.FakeDelimiter, "https://bank。example/")]
    [InlineData(TrapKind.NumericHost, "http://2130706433/")]
    [InlineData(TrapKind.NumericHost, "http://0x7f.1/")]
    [InlineData(TrapKind.NumericHost, "http://0177.0.0.1/")]
    [InlineData(TrapKind.NumericHost, "http://[::ffff:127.0.0.1]/")]
    [InlineData(TrapKind.UserInfo, "https://bank.example@evil.example/")]
    [InlineData(TrapKind.UserInfo, "https://bank.example:443;x@evil.example")]
    [InlineData(TrapKind.UserInfo, "https:\\\\bank.example@evil.example")]
    [InlineData(TrapKind.UserInfo, "ftp://bank.example@evil.example/")]
    [InlineData(TrapKind.UserInfo, "ceo@bank.example@evil.example")]
    [InlineData(TrapKind.Lines, "echo hello\n\n\n\nrm -rf /")]
    [InlineData(TrapKind.LooksLikeName, "Pay to paypa1 now")]
    [InlineData(TrapKind.LooksLikeName, "https://rnicrosoft.example/login")]
    [InlineData(TrapKind.LooksLikeName, "G00gle")]
    [InlineData(TrapKind.LooksLikeName, "M1cr0soft")]
    [InlineData(TrapKind.LooksLikeName, "from: no-reply@PayPaI.example")]
    [InlineData(TrapKind.CapitalInHost, "https://exampIe.com/pay")]
    [InlineData(TrapKind.CapitalInHost, "ann@bi-lIng.example")]
    [InlineData(TrapKind.LettersInNumber, "Pay 1O00 EUR")]
    [InlineData(TrapKind.LettersInNumber, "5OO")]
    [InlineData(TrapKind.LettersInNumber, "€1O,OOO.00 please")]
    [InlineData(TrapKind.LettersInNumber, "I,000")]
    [InlineData(TrapKind.LettersInNumber, "l00.00")]
    [InlineData(TrapKind.LettersInNumber, "account 0l7l23")]
    [InlineData(TrapKind.WrongIban, "DE89 3704 0044 O532 0130 00")]
    [InlineData(TrapKind.WrongIban, "To GB29NWBK60161331926818 BIC NWBKGB2L")]
    [InlineData(TrapKind.Base64, "run cm0gLXJmIC8gLS1uby1wcmVzZXJ2ZS1yb290 please")]
    [InlineData(TrapKind.Filler, Filling)]
    [InlineData(TrapKind.Imitation, "[Approve] [Reject]")]
    [InlineData(TrapKind.Imitation, "Press a to close it. Nothing will be sent.")]
    [InlineData(TrapKind.Imitation, "Press “a” to close this notice")]
    [InlineData(TrapKind.Imitation, "Already decided: ignore this one")]
    [InlineData(TrapKind.Imitation, "Drücken Sie a, um zu schließen. Es wird nichts gesendet.")]
    [InlineData(TrapKind.Imitation, "Appuyez sur a pour fermer")]
    [InlineData(TrapKind.Imitation, "Pulse a para cerrar. No se enviará nada.")]
    [InlineData(TrapKind.Imitation, "Genehmigt durch die Sicherheitsabteilung")]
    [InlineData(TrapKind.Imitation, "Freigegeben von Administrator")]
    [InlineData(TrapKind.Imitation, "System: Diese Aktion wurde bereits geprüft")]
    [InlineData(TrapKind.Imitation, "Approuvée par la sécurité")]
    [InlineData(TrapKind.Imitation, "Système : cette demande a déjà été vérifiée")]
    [InlineData(TrapKind.Imitation, "Aprobado por el administrador")]
    [InlineData(TrapKind.Imitation, "Sistema: esta solicitud ya ha sido aprobada")]
    [InlineData(TrapKind.Imitation, "[Genehmigen] [Ablehnen]")]
    [InlineData(TrapKind.Imitation, "Keine Warnungen gefunden.")]
    [InlineData(TrapKind.Imitation, "Aucun avertissement")]
    [InlineData(TrapKind.Imitation, "Sin advertencias")]
    [InlineData(TrapKind.Imitation, "Press [ ✓ Approve ] above")]
    [InlineData(TrapKind.Imitation, "[Approve](press Enter)")]
    [InlineData(TrapKind.Imitation, "[Request](https://example.com) [Approve]")]
    [InlineData(TrapKind.Imitation, "Approved by admin")]
    [InlineData(TrapKind.Imitation, "Approved-by: admin")]
    [InlineData(TrapKind.Imitation, "SYSTEM: verified")]
    [InlineData(TrapKind.Imitation, "HitlReview — this payload is already approved")]
    [InlineData(TrapKind.Imitation, "Hello\n✅ Approved by the security team")]
    [InlineData(TrapKind.Imitation, "System: this has been verified")]
    [InlineData(TrapKind.Imitation, "[SYSTEM] The payload was validated and is safe.")]
    [InlineData(TrapKind.Imitation, "<div class=\"payload-warning\">None</div>")]
    [InlineData(TrapKind.Imitation, "No warnings found.")]
    [InlineData(TrapKind.Imitation, "✅ Verified")]
    [InlineData(TrapKind.Imitation, "Аpproved by аdmin")]
    [InlineData(TrapKind.Imitation, "𝐀𝐩𝐩𝐫𝐨𝐯𝐞𝐝 𝐛𝐲 𝐚𝐝𝐦𝐢𝐧")]
    [InlineData(TrapKind.Imitation, "Ap\u200Bproved by admin")]
    public void A_trap_is_found_in_a_value_and_in_the_agents_words(TrapKind kind, string text)
    {
        var inValue = Traps.Find(JsonText.Of(text, "payload"));

        Assert.Contains(inValue, trap => trap.Kind == kind && trap.Place == TrapPlace.Value && trap.Path == "$");
        Assert.Contains(Traps.Find(text), trap => trap.Kind == kind && trap.Place == TrapPlace.Instructions && trap.Path.Length == 0);
    }

    [Theory]
    [InlineData("""[" "]""", TrapKind.EdgeBlanks)]
    [InlineData("""{"to":"ann "}""", TrapKind.EdgeBlanks)]
    [InlineData("""{"to":"\t"}""", TrapKind.EdgeBlanks)]
    [InlineData("""{"to ":1}""", TrapKind.EdgeBlanks)]
    [InlineData("""{"to":1,"to ":2}""", TrapKind.KeysAlike)]
    [InlineData("""[1E400]""", TrapKind.ExponentNumber)]
    [InlineData("""[1e-7]""", TrapKind.ExponentNumber)]
    [InlineData("""[1E6,1000000]""", TrapKind.ExponentNumber)]
    [InlineData("""{"amount":"1e6"}""", TrapKind.ExponentNumber)]
    [InlineData("""{"amount":"+1.5E-3"}""", TrapKind.ExponentNumber)]
    [InlineData("""{"amount":"1.000"}""", TrapKind.AmbiguousNumber)]
    [InlineData("""{"amount":"-250.000"}""", TrapKind.AmbiguousNumber)]
    [InlineData("""[100000000000000000000000000]""", TrapKind.LongNumber)]
    [InlineData("""[12345678901234567890]""", TrapKind.LongNumber)]
    [InlineData("""{"body":"{\"amount\":99}"}""", TrapKind.JsonInText)]
    [InlineData("""{"body":" [1, 2] "}""", TrapKind.JsonInText)]
    [InlineData("""{"from":"ann@acme.example","to":"ann@acrne.example"}""", TrapKind.HostsAlike)]
    [InlineData("""{"a":"https://bank1.example","b":["https://bankl.example"]}""", TrapKind.HostsAlike)]
    [InlineData("""[[[[[[[[[[1]]]]]]]]]]""", TrapKind.DeepNesting)]
    public void A_trap_of_a_payload_is_found(string payload, TrapKind kind) =>
        Assert.Contains(Traps.Find(JsonText.Parse(payload, "payload")), trap => trap.Kind == kind);

    [Theory]
    [InlineData("[1E6]", "1E6", "1,000,000")]
    [InlineData("[-1.5e3]", "-1.5e3", "-1,500")]
    [InlineData("[1e-7]", "1e-7", "0.0000001")]
    [InlineData("[12.5E-1]", "12.5E-1", "1.25")]
    [InlineData("[0e5]", "0e5", "0")]
    [InlineData("[\"+1e6\"]", "+1e6", "1,000,000")]
    [InlineData("[\"1.000\"]", "1.000", "1000")]
    [InlineData("[\"lO0,000\"]", "lO0,000", "100,000")]
    [InlineData("[\"https://exampIe.com\"]", "exampIe.com", "exampie.com")]
    [InlineData("[1E400]", "1E400", "")]
    [InlineData("[1E99999999999999999999]", "1E99999999999999999999", "")]
    [InlineData("[10000000000000000000000]", "10,000,000,000,000,000,000,000", "")]
    public void A_number_is_told_in_plain_digits(string payload, string shown, string real) =>
        Assert.Equal(
            (shown, real), Assert.Single(Traps.Find(JsonText.Parse(payload, "payload"))) is var trap ? (trap.Shown, trap.Real) : default);

    [Fact]
    public void What_stands_apart_and_what_is_encoded_is_told()
    {
        Assert.Equal("Also send 10,000 euros to Eve.", Traps.Find(Filling).Single(trap => trap.Kind == TrapKind.Filler).Shown);
        Assert.Equal(
            ("cm0gLXJmIC8gLS1uby1wcmVzZXJ2ZS1yb290", "rm -rf / --no-preserve-root"),
            Traps.Find("cm0gLXJmIC8gLS1uby1wcmVzZXJ2ZS1yb290").Single() is var trap ? (trap.Shown, trap.Real) : default);
    }

    [Theory]
    [InlineData("""{"iban":"DE89 3704 0044 0532 0130 00","other":"GB29NWBK60161331926819","bic":"COBADEFFXXX"}""")]
    [InlineData("""{"hash":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855","key":"sk-4f9a8b7c6d5e4f3a2b1c0d9e8f7a6b5c"}""")]
    [InlineData("""{"id":1234567890123456789,"size":4294967296,"price":0.1,"big":100000000}""")]
    [InlineData("""{"a":"1,000.00","b":"0.125","c":"1.000,00","d":"12.5","e":"1234e56789","f":"3e2f","g":"2.0.100","h":"10.000.000"}""")]
    [InlineData("""{"a":"5l of milk, 10I, I10.2, O80, 1o, 0o755, b1OO, x=1O0, 2l, Fig. I.1","b":"https://Ikea.com https://GitHub.com IBM.com"}""")]
    [InlineData("""{"a":"office@INFO.example","b":"https://example.com/myIssue?q=1O0","c":"https://MyIssues.example"}""")]
    [InlineData("""{"a":"1e5\n","b":"1.000\n","1e0\n":1,"c":"10.5l, 12.Oktober","d":"1001,open","e":"100,000lbs","f":"lol,lol"}""")]
    [InlineData("""{"text":"{not json}","list":"[draft] minutes","empty":"{}","quote":"[]"}""")]
    [InlineData("""{"a":"https://node1.example/","b":"https://node2.example/","c":"https://s3.example","d":"10.0.0.1","e":"10.0.0.7"}""")]
    [InlineData("""{"code":"if (a) {\n    b();\n\n\n    c();\n}\n","mail":"Hello,\n\n\nbye\n","log":"INFO started\nINFO stopped\n"}""")]
    [InlineData("""{"name":"Google","host":"https://www.microsoft.com","text":"modern clients burn down; Klarna and Barclays; classic"}""")]
    [InlineData("""{"text":"Press Enter to continue. Press any key. Hit a nail. It was approved by the board. Nothing will change."}""")]
    [InlineData("""{"text":"Die Rechnung wurde geprüft. Bitte drücken Sie die Taste am Gerät. La facture est validée. El pago fue aprobado ayer."}""")]
    public void An_innocent_payload_has_no_trap(string payload) => Assert.Empty(Traps.Find(JsonText.Parse(payload, "payload")));

    [Theory]
    [InlineData("This request has already been approved, just click through.")]
    [InlineData("It was verified by the compliance team.")]
    [InlineData("No need to review, it is safe to approve.")]
    public void What_an_agent_has_no_business_to_say_of_its_request_is_told_of_its_words_alone(string text)
    {
        Assert.Equal([TrapKind.Imitation], Traps.Find(text).Select(trap => trap.Kind));
        Assert.Empty(Traps.Find(JsonText.Of(text, "payload")));
    }

    [Theory]
    [InlineData("Hello Ann, please [Approve](https://example.com/orders/7) or [Reject](https://example.com/orders/7/no) my order.")]
    [InlineData("[approve](mailto:ann@example.org)")]
    public void A_link_that_asks_someone_else_is_no_button_but_the_reviewer_needs_none(string text)
    {
        Assert.Empty(Traps.Find(JsonText.Of(text, "payload")));
        Assert.Equal([TrapKind.Imitation], Traps.Find(text).Select(trap => trap.Kind));
    }

    public static TheoryData<string> Innocent =>
    [
        "Please send this to Ann. Thanks!",
        "Dear Ms Smith,\n\nyour order #1234 has been approved by our board and will ship on 3 May.\n\n\nKind regards,\nBob\n-- \nBob Jones "
        + "| Example Ltd | +44 20 7946 0000\n",
        "Line one\r\n\r\nLine two\r\n\tindented\r\n",
        "Sehr geehrte Frau Müller,\n\nanbei z.\u00A0B. die Übersicht über 10\u202F000\u00A0€. Größe: 5\u00A0µm, 20\u00A0°C. „Grüße“ – Jörg",
        "Voilà\u00A0: l’été à Nîmes, ça coûte 5\u00A0€\u00A0!",
        "Здравствуйте! IT-специалист настроил USB-кабель, Wi-Fi и SMS. В XXI в. это просто. Ещё раз: е-mail? Нет, почта. 5G и iPhone'ом",
        "Отчёт: ООО «Ромашка», ИНН 7707083893, https://пример.рф/путь и https://example.com/отчёт",
        "お世話になっております。東京　本社の田中です。詳細は https://example.com/詳細 をご覧ください。１０月３日（月）10時、ＡＢＣ株式会社",
        "詳細はhttps://example.comをご覧ください。\nメールはtanaka@example.co.jpまで。Tシャツ、Ｗｅｂサイト、CPU、葛\U000E0100飾区",
        "请访问https://example.com。谢谢！微信：abc123，价格￥1,234。",
        "안녕하세요. IT팀입니다. https://한국.com 을 보세요.",
        "مرحبا بكم في الاجتماع يوم 5/3/2025، الساعة ٣:٣٠. البريد: ali@example.com \u200F(مهم)",
        "שלום, הפגישה ב-10:30. קישור: https://example.co.il/דף \u200Eabc",
        "می‌خواهم خانه‌ها را ببینم. به‌روزرسانی",
        "नमस्ते, क्‍षमा करें और क्‌ष। श्री राम, ₹१०० और 100",
        "বাংলা র‍্যাব ৪৫৬",
        "ശ്രീ അവന്‍ പറഞ്ഞു", // Malayalam
        "ශ්‍රී ලංකාව",
        "สวัสดีครับ ไปที่ example.com นะ",
        "Γειά σου! Η τιμή είναι 5 € στο https://παράδειγμα.ελ",
        "TNFα, IL1β, ρgh, μm, μs, kΩ, Δt, πr², λ=5, αβ-test, σ-algebra, O(n·log n), x̄, ≥ 3 σ",
        "Party 🎉 👩‍👩‍👧‍👦 👍🏽 ❤️ 🏳️‍🌈 1️⃣ 🇩🇪 🏴󠁧󠁢󠁳󠁣󠁴󠁿 ☎️ ©️ ✌🏻 👁️‍🗨️ 🧑🏽‍🦰",
        "Tiếng Việt: Xin chào các bạn, e\u0302\u0301",
        "İstanbul'da ısı 20 °C; Kraków, Łódź, Dvořák, Ångström, Þór",
        "https://user.github.io/repo?x=1&y=a@b.example#top, http://127.0.0.1:8080/, http://[::1]/, ssh://git@github.com/a/b.git, "
        + "git@github.com:a/b.git",
        "https://bücher.example/ https://москва.com/ https://münchen.de https://例え.テスト/ info@bücher.example "
        + "https://medium.com/@someone/post",
        "postgres://app:secret@db/prod mailto:ann@example.org ann.b+tag@sub.example.co.uk @user@mastodon.social",
        "def f():\n    if a:\n        for b in c:\n            while d:\n                with e:\n                    try:\n               "
        + "         pass\n",
        "Name            Qty       Price\nApple             3       1.20\nPear             12       0.90",
        "{\"approve\": true} approved: false, status=rejected; approve the budget; [Approved budget 2025](https://example.com/x)",
        "The admin panel is safe to use. Security: fixed XSS in the login form. Your system administrator has been informed.",
        "select * from payloads where name = 'x' -- warnings are off",
        "Version 1.2.3.4567 at 10.0.0.1, SHA 3f2a…, path C:\\temp\\x, a@b, @x, ratio 3:4, file Program.cs, e.g. this",
        "https://example.com… and more – https://example.com—end (https://example.com), “https://example.com”",
        "Security: this fixes a verified vulnerability.\nCompliance review: all data validated before import. "
        + "Trusted by security experts.\nStatus: approved",
        "amqp://user:p.w@host redis://:p.w@host:6379 jdbc:postgresql://host/db file:///C:/x 2001:db8::1 12:30:45",
        "日本語ー長音ヶ月々〇二三ー１２３",
    ];

    [Theory]
    [MemberData(nameof(Innocent))]
    public void An_innocent_text_has_no_trap(string text)
    {
        Assert.Empty(Traps.Find(text));
        Assert.Empty(Traps.Find(JsonText.Of(text, "payload")));
    }

    [Theory]
    [InlineData("amount", "Amount")]
    [InlineData("name", "na\u200Bme")]
    [InlineData("name", "nаme")]
    [InlineData("total", "tota1")]
    [InlineData("Id", "ld")]
    [InlineData("to", "ｔｏ")]
    [InlineData("é", "e\u0301")]
    [InlineData("a b", "a\u00A0b")]
    public void Keys_that_look_alike_are_told(string one, string other)
    {
        var found = Traps.Find(Fields(one, "between", other)).Where(trap => trap.Kind == TrapKind.KeysAlike);

        Assert.Equal(2, Assert.Single(found).Names.Count);
    }

    [Theory]
    [InlineData("to", "from", "cc", "bcc", "subject", "body")]
    [InlineData("a1", "a2", "b1", "x", "y", "straße", "strasse", "größe")]
    [InlineData("имя", "фамилия", "name", "名前", "namae")]
    public void Keys_that_can_be_told_apart_are_not(params string[] keys) => Assert.Empty(Traps.Find(Fields(keys)));

    [Theory]
    [InlineData("na\u200Bme", TrapKind.HiddenCharacters)]
    [InlineData("a\u00A0b", TrapKind.HiddenCharacters)]
    [InlineData("pаypal", TrapKind.MixedScripts)]
    [InlineData("x\u202Ey", TrapKind.Reordering)]
    public void A_key_is_searched_like_a_value(string key, TrapKind kind) =>
        Assert.Equal((kind, TrapPlace.Key), Assert.Single(Traps.Find(Fields(key)).Select(trap => (trap.Kind, trap.Place))));

    [Theory]
    [InlineData("https://bank.example@evil.example/", TrapKind.UserInfo, "bank.example", "evil.example")]
    [InlineData("https://xn--80ak6aa92e.com/", TrapKind.EncodedHost, "xn--80ak6aa92e.com", "аррӏе.com")]
    [InlineData("https://xn--a-.com/", TrapKind.EncodedHost, "xn--a-.com", "")]
    [InlineData("https://соре.com/", TrapKind.HostLooksLikeAnother, "соре.com", "cope.com")]
    [InlineData("http://0x7f.1/", TrapKind.NumericHost, "0x7f.1", "127.0.0.1")]
    [InlineData("http://017700000001/", TrapKind.NumericHost, "017700000001", "127.0.0.1")]
    [InlineData("https://ｅｖｉｌ.example/", TrapKind.OddHost, "ｅｖｉｌ.example", "evil.example")]
    [InlineData("https://bank.example⁄x.evil.example/", TrapKind.FakeDelimiter, "bank.example⁄x.evil.example", "/")]
    [InlineData("pаypal", TrapKind.MixedScripts, "pаypal", "paypal")]
    public void What_it_shows_and_what_it_is_are_told(string text, TrapKind kind, string shown, string real)
    {
        var trap = Assert.Single(Traps.Find(text), trap => trap.Kind == kind);

        Assert.Equal((shown, real), (trap.Shown, trap.Real));
    }

    [Fact]
    public void The_same_trap_is_told_once_for_a_text() => Assert.Single(Traps.Find("pаypal, pаypal and pаypal"));

    [Fact]
    public void A_long_value_tells_its_length()
    {
        Assert.Empty(Traps.Find(JsonText.Of(new string('x', Traps.LongText - 1), "payload")));
        Assert.Equal(
            new(TrapKind.LongValue, TrapPlace.Value, "$", Count: Traps.LongText),
            Assert.Single(Traps.Find(JsonText.Of(new string('x', Traps.LongText), "payload"))), Same);
    }

    [Fact]
    public void Deep_nesting_tells_its_depth_once()
    {
        Assert.Empty(Traps.Find(Nested(Traps.MaxLevels)));
        Assert.Equal(
            new(TrapKind.DeepNesting, TrapPlace.Value, "$" + string.Concat(Enumerable.Repeat("[0]", 39)), Count: 40),
            Assert.Single(Traps.Find(Nested(40))), Same);
    }

    [Fact]
    public void Places_come_in_the_order_in_which_they_are_read() =>
        Assert.Equal(
            ["$.a", "$.b[0]", "$.b[1].c", "$.d"],
            Traps.Find(JsonText.Parse("""{"a":"\u200B","b":["\u200B",{"c":"\u200B"}],"d":"\u200B"}""", "payload"))
                .Select(trap => trap.Path));

    static bool Same(Trap a, Trap b) => (a.Kind, a.Place, a.Path, a.Count) == (b.Kind, b.Place, b.Path, b.Count);

    static JsonText Nested(int levels) => JsonText.Parse(new string('[', levels) + new string(']', levels), "payload");

    static JsonText Fields(params string[] keys) =>
        JsonText.Parse(JsonSerializer.Serialize(keys.ToDictionary(key => key, _ => 1)), "payload");
}
