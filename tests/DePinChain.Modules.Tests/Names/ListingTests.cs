using System.Text.RegularExpressions;

namespace DePinChain.Modules.Tests.Names;

/// <summary>modules/README.md shows what compiles: its listings are the files of this folder.</summary>
public sealed partial class ListingTests
{
    private static readonly string Root = FindRoot();

    private static readonly string Page = File.ReadAllText(Path.Combine(Root, "modules", "README.md"));

    [TestCase("NamesModule.cs")]
    [TestCase("NamesState.cs")]
    [TestCase("NamesPolicy.cs")]
    [TestCase("NamesEvents.cs")]
    [TestCase("NamesInvariants.cs")]
    public void A_listing_is_the_file(string file)
    {
        string source = File.ReadAllText(FileOf(file))
            .Replace("DePinChain.Modules.Tests.Names", "DePinChain.Modules.Names", StringComparison.Ordinal);
        Assert.That(ListingOf(file), Is.EqualTo(source.TrimEnd()));
    }

    [Test]
    public void The_test_that_is_shown_is_run()
    {
        string source = File.ReadAllText(FileOf("NamesTests.cs"));
        foreach (string member in ListingOf("NamesTests.cs").Split("\n\n[Test]"))
        {
            IEnumerable<string> lines = member.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0);
            foreach (string line in lines) Assert.That(source, Does.Contain(line));
        }
    }

    [Test]
    public void Every_diagnostic_is_explained()
    {
        string rules = File.ReadAllText(Path.Combine(Root, "modules", "DePinChain.Modules.Generators", "Rules.cs"));
        string[] ids = [.. Diagnostic().Matches(rules).Select(match => match.Value).Distinct()];
        Assert.That(ids, Has.Length.GreaterThan(10));
        Assert.That(ids.Where(id => !Page.Contains($"| {id} |", StringComparison.Ordinal)), Is.Empty);
    }

    private static string ListingOf(string file)
    {
        int start = Page.IndexOf($"### {file}\n", StringComparison.Ordinal);
        Assert.That(start, Is.GreaterThan(0), file);
        Match listing = Listing().Match(Page, start);
        return listing.Groups[1].Value;
    }

    private static string FileOf(string file) => Path.Combine(Root, "tests", "DePinChain.Modules.Tests", "Names", file);

    private static string FindRoot()
    {
        DirectoryInfo? folder = new(TestContext.CurrentContext.TestDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "DePinChain.sln"))) folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("The tests run inside the repository.");
    }

    [GeneratedRegex("```csharp\n(.*?)\n```", RegexOptions.Singleline)]
    private static partial Regex Listing();

    [GeneratedRegex("DPC[0-9]{4}")]
    private static partial Regex Diagnostic();
}
