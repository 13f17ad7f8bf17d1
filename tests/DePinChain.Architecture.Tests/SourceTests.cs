using System.Text.RegularExpressions;

namespace DePinChain.Architecture.Tests;

/// <summary>What may not stand in the source, each with the rule it breaks.</summary>
public sealed partial class SourceTests
{
    [TestCase(@"NotImplementedException", "chain modules proofs gpu", "an unfinished part must not compile into the product")]
    [TestCase(@"//\s*(TODO|FIXME|HACK)", "chain modules proofs gpu tests", "an open end belongs into an issue")]
    [TestCase(@"\basync void\b", "chain modules proofs gpu", "nobody can await or observe it")]
    [TestCase(@"\.Result\b(?!\s*[=({])(?!s)|\.Wait\(\)", "chain modules proofs gpu", "it blocks a thread and hides the error")]
    [TestCase(@"\b(DateTime|DateTimeOffset)\.(UtcNow|Now)\b",
        "chain/DePinChain.Consensus chain/DePinChain.Execution chain/DePinChain.State modules", "no clock in a kernel")]
    [TestCase(@"catch \(Exception[^)]*\)\s*$", "chain/DePinChain.Consensus chain/DePinChain.State modules",
        "a kernel catches only what it names")]
    public void Does_not_stand_in_the_source(string pattern, string folders, string why)
    {
        var regex = new Regex(pattern, RegexOptions.CultureInvariant);
        string[] rooms = folders.Split(' ');
        IEnumerable<string> places = Repository.Sources.Select(path => (Path: path, Name: Repository.Relative(path)))
            .Where(file => rooms.Any(room => file.Name.StartsWith(room + "/", StringComparison.Ordinal))
                && !file.Name.StartsWith("tests/DePinChain.Architecture.Tests", StringComparison.Ordinal))
            .SelectMany(file => File.ReadLines(file.Path).Select((line, index) => (line, place: $"{file.Name}:{index + 1}: {line.Trim()}")))
            .Where(line => regex.IsMatch(line.line)).Select(line => line.place);
        Assert.That(places, Is.Empty, why);
    }

    [Test]
    public void Parallel_stands_in_the_root_committer_and_the_recovery_stage_only()
    {
        string[] allowed = ["chain/DePinChain.State/", "chain/DePinChain.Engine/", "tests/"];
        Assert.That(Repository.Sources.Where(path => ParallelLoop().IsMatch(File.ReadAllText(path))).Select(Repository.Relative)
            .Where(path => !allowed.Any(room => path.StartsWith(room, StringComparison.Ordinal))), Is.Empty);
    }

    [Test]
    public void Clients_speak_JSON_RPC_and_never_see_execution()
    {
        string[] clients = ["Client", "Cli", "Indexer", "Explorer", "Providers", "Worker"];
        string[] inside = ["Execution", "State", "Engine", "Consensus", "Mempool", "Database", "Ledger"];
        Assert.That(clients.Where(Repository.Projects.ContainsKey)
            .SelectMany(client => Repository.ReferencesOf(Repository.Projects[client]).Intersect(inside)
                .Select(reference => $"{client} -> {reference}")), Is.Empty);
    }

    [Test]
    public void The_root_holds_only_the_fixed_names()
    {
        string[] fixedNames = ["chain", "modules", "proofs", "gpu", "tests", "genesis", "DePinChain.sln", "README.md",
            "BannedSymbols.txt", "global.json", "LICENSE"];
        string[] others = Directory.EnumerateFileSystemEntries(Repository.Root).Select(path => Path.GetFileName(path)!)
            .Where(name => !fixedNames.Contains(name) && !name.StartsWith('.') && !name.StartsWith("Directory.", StringComparison.Ordinal))
                .ToArray();
        Assert.That(others, Is.Empty);
    }

    [GeneratedRegex(@"\bParallel\.(For|ForEach|Invoke)")]
    private static partial Regex ParallelLoop();
}
