namespace HitlReview.Bench;

static class BareServer { public const string Verb = "bare-server"; public static Task<int> RunAsync(string file) => Task.FromResult(0); }
