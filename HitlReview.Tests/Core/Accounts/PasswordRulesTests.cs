using HitlReview.Core;
using HitlReview.Core.Accounts;
using HitlReview.Tests.Support;
using HitlReview.Web.Auth;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

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

public sealed class PasswordHashingTests : IDisposable
{
    readonly FakeTimeProvider _clock = new();
    readonly ManualResetEventSlim _go = new();
    readonly PasswordHashing _hashing;

    public PasswordHashingTests() => _hashing = new(Options.Create(new PasswordHasherOptions()), _clock);

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _go.Dispose();
        _hashing.Dispose();
    }

    [Fact, Invariant(9)]
    public async Task The_program_makes_passwords_dear()
    {
        await using var services = new ServiceCollection().AddHitlAccounts().BuildServiceProvider();

        Assert.Equal(210_000, services.GetRequiredService<IOptions<PasswordHasherOptions>>().Value.IterationCount);
    }

    [Fact]
    public async Task Only_a_few_are_worked_on_at_once_and_only_some_wait()
    {
        var (now, most) = (0, 0);
        var all = Enumerable.Range(0, PasswordHashing.AtOnce + PasswordHashing.MaxWaiting).Select(i => _hashing.RunAsync(() =>
        {
            most = Math.Max(most, Interlocked.Increment(ref now));
            _go.Wait(Ct);
            return Interlocked.Decrement(ref now);
        }, $"192.0.2.{i}", Ct)).ToList();

        var refused = await Assert.ThrowsAsync<RefusedException>(() => _hashing.RunAsync(() => 0, "198.51.100.1", Ct));

        Assert.Equal(Refusal.TooMany, refused.Refusal);
        _go.Set();
        await Task.WhenAll(all);
        Assert.InRange(most, 1, PasswordHashing.AtOnce);
        Assert.Equal(1, await _hashing.RunAsync(() => 1, "198.51.100.1", Ct));
    }

    [Fact]
    public async Task One_address_does_not_take_all_places()
    {
        var all = Enumerable.Range(0, PasswordHashing.MaxOfOne).Select(_ => _hashing.RunAsync(Wait, "192.0.2.1", Ct)).ToList();

        await Assert.ThrowsAsync<RefusedException>(() => _hashing.RunAsync(Wait, "192.0.2.1", Ct));
        all.Add(_hashing.RunAsync(Wait, "192.0.2.2", Ct));

        _go.Set();
        await Task.WhenAll(all);
    }

    [Fact]
    public async Task Who_waits_too_long_is_told_to_come_back_and_leaves_its_place()
    {
        var all = Enumerable.Range(0, PasswordHashing.AtOnce).Select(i => _hashing.RunAsync(Wait, $"192.0.2.{i}", Ct)).ToList();
        var late = Enumerable.Range(0, PasswordHashing.MaxOfOne).Select(_ => _hashing.RunAsync(Wait, "198.51.100.1", Ct)).ToList();

        _clock.Advance(PasswordHashing.Patience - TimeSpan.FromMilliseconds(1));
        Assert.DoesNotContain(late, one => one.IsCompleted);
        _clock.Advance(TimeSpan.FromMilliseconds(1));

        foreach (var one in late)
            Assert.Equal(Refusal.TooMany, (await Assert.ThrowsAsync<RefusedException>(() => one)).Refusal);
        all.Add(_hashing.RunAsync(Wait, "198.51.100.1", Ct));
        _go.Set();
        await Task.WhenAll(all);
    }

    int Wait()
    {
        _go.Wait(Ct);
        return 0;
    }
}
