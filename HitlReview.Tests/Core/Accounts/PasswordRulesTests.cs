using HitlReview.Core;
using HitlReview.Core.Accounts;
using HitlReview.Tests.Support;

namespace HitlReview.Tests.Core.Accounts;

public sealed class PasswordRulesTests
{
    [Theory]
    [InlineData("password", "every list")]
    [InlineData("Password1!", "every list")]
    [InlineData("P@ssw0rd123", "every list")]
    [InlineData("iloveyou2", "every list")]
    [InlineData("LetMeIn123", "every list")]
    [InlineData("rosa.lux@example.org", "address")]
    [InlineData("xx rosa.lux@example.org xx", "address")]
    [InlineData("rosa.lux", "address")]
    [InlineData("rosalux2026", "address")]
    [InlineData("rosa1234!", "address")]
    [InlineData("example.org", "address")]
    [InlineData("Example1999", "address")]
    [InlineData("HitlReview", "name of this program")]
    [InlineData("hitlreview1!", "name of this program")]
    [InlineData("zzzzzzzzzz", "repeats")]
    [InlineData("abcabcabcabc", "repeats")]
    [InlineData("12121212", "repeats")]
    [InlineData("12345678", "row")]
    [InlineData("9876543210", "row")]
    [InlineData("qwertyuiop", "row")]
    [InlineData("lkjhgfdsa", "row")]
    [InlineData("abcdefghij1", "row")]
    [InlineData("1qaz2wsx3edc", "row")]
    public void What_everybody_guesses_is_refused(string password, string why) =>
        Assert.Contains(why, PasswordRules.Fault(password, "Rosa.Lux@Example.org"), StringComparison.Ordinal);

    [Theory]
    [InlineData(Person.Password)]
    [InlineData("a long enough one")]
    [InlineData("long enough")]
    [InlineData("from a pipe")]
    [InlineData("a-long-Passphrase-1")]
    [InlineData("example of a good one")]
    [InlineData("my password is a poem")]
    [InlineData("тысяча и одна ночь")]
    [InlineData("k7#pV9!xQ2")]
    public void What_nobody_guesses_first_passes(string password) => Assert.Null(PasswordRules.Fault(password, "rosa.lux@example.org"));

    [Fact]
    public void Two_hundred_characters_and_more_pass_and_a_book_does_not()
    {
        var text = string.Concat(Enumerable.Range(0, 400).Select(i => (char)('a' + i * i % 23)));
        Assert.Null(PasswordRules.Fault(text, ""));
        Assert.Contains("at most 1000", PasswordRules.Fault(text + text + text, ""), StringComparison.Ordinal);
    }

    [Fact]
    public void The_list_has_some_hundreds_of_at_least_eight_characters() =>
        Assert.True(PasswordRules.Common.Count(word => word.Length >= 8) > 500, $"Only {PasswordRules.Common.Count} words.");
}

public sealed class PasswordHashingTests
{
    [Fact]
    public async Task Only_a_few_are_worked_on_at_once_and_only_some_wait()
    {
        using var hashing = new PasswordHashing(
            Microsoft.Extensions.Options.Options.Create(new Microsoft.AspNetCore.Identity.PasswordHasherOptions()));
        using var go = new ManualResetEventSlim();
        var (now, most) = (0, 0);
        var all = Enumerable.Range(0, PasswordHashing.AtOnce + PasswordHashing.MaxWaiting).Select(i => hashing.RunAsync(() =>
        {
            most = Math.Max(most, Interlocked.Increment(ref now));
            go.Wait(TestContext.Current.CancellationToken);
            return Interlocked.Decrement(ref now);
        }, $"192.0.2.{i}", TestContext.Current.CancellationToken)).ToList();

        var refused = await Assert.ThrowsAsync<RefusedException>(
            () => hashing.RunAsync(() => 0, "198.51.100.1", TestContext.Current.CancellationToken));

        Assert.Equal(Refusal.TooMany, refused.Refusal);
        go.Set();
        await Task.WhenAll(all);
        Assert.InRange(most, 1, PasswordHashing.AtOnce);
        Assert.Equal(1, await hashing.RunAsync(() => 1, "198.51.100.1", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task One_address_does_not_take_all_places()
    {
        using var hashing = new PasswordHashing(
            Microsoft.Extensions.Options.Options.Create(new Microsoft.AspNetCore.Identity.PasswordHasherOptions()));
        using var go = new ManualResetEventSlim();
        int Wait() { go.Wait(TestContext.Current.CancellationToken); return 0; }
        var all = Enumerable.Range(0, PasswordHashing.MaxOfOne)
            .Select(_ => hashing.RunAsync(Wait, "192.0.2.1", TestContext.Current.CancellationToken)).ToList();

        await Assert.ThrowsAsync<RefusedException>(() => hashing.RunAsync(Wait, "192.0.2.1", TestContext.Current.CancellationToken));
        all.Add(hashing.RunAsync(Wait, "192.0.2.2", TestContext.Current.CancellationToken));

        go.Set();
        await Task.WhenAll(all);
    }
}
