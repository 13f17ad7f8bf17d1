using System.Text.RegularExpressions;

namespace DePinChain.Architecture.Tests;

/// <summary>Documents stay alive: their links and the scripts that their commands name exist.</summary>
public sealed partial class DocumentTests
{
    private static IEnumerable<string> Documents => Directory.EnumerateFiles(Repository.Root, "*.md", SearchOption.AllDirectories)
        .Where(path => !Repository.Relative(path).Split('/').Any(part => part is "bin" or "obj" or "node_modules" or ".git"));

    [Test]
    public void Relative_links_resolve()
    {
        var dead = new List<string>();
        foreach (string document in Documents)
        {
            foreach (Match link in Link().Matches(File.ReadAllText(document)))
            {
                string target = link.Groups[1].Value.Split('#')[0];
                if (target.Length == 0 || target.Contains("://", StringComparison.Ordinal))
                    continue;
                string path = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(document)!, target));
                if (!File.Exists(path) && !Directory.Exists(path))
                    dead.Add($"{Repository.Relative(document)}: {target}");
            }
        }

        Assert.That(dead, Is.Empty);
    }

    [Test]
    public void Scripts_that_commands_name_exist()
    {
        var dead = new List<string>();
        foreach (string document in Documents)
        {
            dead.AddRange(Script().Matches(File.ReadAllText(document)).Select(match => match.Groups[1].Value)
                .Where(script => !File.Exists(Path.Combine(Repository.Root, script)))
                    .Select(script => $"{Repository.Relative(document)}: {script}"));
        }

        Assert.That(dead, Is.Empty);
    }

    [Test]
    public void Comments_name_only_documents_that_a_reader_has()
    {
        // A name with a capital or a path is a file of ours; "spec/…" with a project's name before it is somebody else's.
        HashSet<string> known = [.. Documents.Select(path => Path.GetFileName(path)!)];
        var dead = new List<string>();
        foreach (string source in Repository.Sources)
        {
            dead.AddRange(DocumentName().Matches(File.ReadAllText(source)).Select(match => match.Groups[1].Value)
                .Where(name => !known.Contains(name)).Select(name => $"{Repository.Relative(source)}: {name}"));
        }

        Assert.That(dead, Is.Empty);
    }

    [Test]
    public void The_readme_shows_the_two_commands()
    {
        string readme = File.ReadAllText(Path.Combine(Repository.Root, "README.md"));
        Assert.That(readme, Does.Contain("bash genesis/localnet.sh").And.Contain("bash tests/run.sh"));
    }

    [Test]
    public void Decisions_have_the_four_headings()
    {
        string folder = Path.Combine(Repository.Root, "chain", "decisions");
        Assert.That(Directory.EnumerateFiles(folder, "*.md").Where(path =>
        {
            string text = File.ReadAllText(path);
            return !new[] { "## Context", "## Decision", "## Status",
                "## Consequences" }.All(heading => text.Contains(heading, StringComparison.Ordinal));
        }).Select(Repository.Relative), Is.Empty);
    }

    [Test]
    public void Decisions_are_numbered_once()
    {
        string folder = Path.Combine(Repository.Root, "chain", "decisions");
        Assert.That(Directory.EnumerateFiles(folder, "*.md").Select(path => Path.GetFileName(path)[..4]), Is.Unique);
    }

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"(?<!spec/[a-z/-]*)\b([A-Za-z][A-Za-z0-9-]*\.md)\b")]
    private static partial Regex DocumentName();

    [GeneratedRegex(@"\b(?:bash|sh)\s+([a-z]+/[A-Za-z0-9_./-]+\.sh)\b")]
    private static partial Regex Script();
}
