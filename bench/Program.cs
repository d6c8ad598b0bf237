using HitlReview.Bench;

// dotnet run -c Release --project bench [question …]
Question[] questions =
[
    new GateOverCore(), new GateOverRest(), new PagesInDepth(), new StartAndRest(),
    new AskedToVisible(), new LongInbox(), new NextReview(), new LargeEdit(), new InboxMemory(), new InboxBytes(), new ChatTimes(),
    new Growth(), new Crowd(),
    new Soak(),
];

if (args is [BareServer.Verb, var file])
    return await BareServer.RunAsync(file);

var unknown = args.Where(name => !questions.Any(q => q.Name == name)).ToList();
if (unknown.Count > 0)
{
    Console.Error.WriteLine(
        $"Unknown: {string.Join(", ", unknown)}. The questions are: {string.Join(", ", questions.Select(q => q.Name))}.");
    return 2;
}

using var folder = new ScratchFolder();
Console.WriteLine(Machine.Describe(folder.Path));
Console.WriteLine();
Console.WriteLine(Answer.Head);
foreach (var question in questions.Where(q => args.Length == 0 || args.Contains(q.Name)))
    await foreach (var answer in question.AskAsync(folder.Path))
        Console.WriteLine(answer);
return 0;
