using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace DePinChain.Architecture.Tests;

/// <summary>A type is named with the field's noun, a namespace equals its folder.</summary>
public sealed class NameTests
{
    private static readonly string[] Vague = ["Manager", "Helper", "Helpers", "Utils", "Util", "Common", "Processor", "Wrapper", "Impl",
        "Base", "Info", "Data"];

    private static IEnumerable<(string Path, BaseTypeDeclarationSyntax Type)> Types => Repository.Trees.SelectMany(
        tree => tree.Tree.GetRoot().DescendantNodes().OfType<BaseTypeDeclarationSyntax>().Select(type => (tree.Path, type)));

    [Test]
    public void No_type_has_a_name_that_says_nothing() => Assert.That(
        Types.Where(type => Vague.Any(word => type.Type.Identifier.Text.EndsWith(word, StringComparison.Ordinal)))
            .Select(type => $"{type.Path}: {type.Type.Identifier.Text}"), Is.Empty);

    [Test]
    public void No_type_bears_the_name_of_a_project_segment()
    {
        var segments = Repository.Projects.Keys.SelectMany(project => project.Split('.')).ToHashSet(StringComparer.Ordinal);
        Assert.That(Types.Where(type => segments.Contains(type.Type.Identifier.Text))
            .Select(type => $"{type.Path}: {type.Type.Identifier.Text}"), Is.Empty);
    }

    [Test]
    public void A_namespace_equals_its_folder()
    {
        var broken = new List<string>();
        foreach ((string path, SyntaxTree tree) in Repository.Trees)
        {
            string? declared = tree.GetRoot().DescendantNodes().OfType<BaseNamespaceDeclarationSyntax>().FirstOrDefault()?.Name.ToString();
            string[] folders = path.Split('/')[1..^1];
            string expected = string.Join('.', folders);
            // A compiler's own type that netstandard2.0 lacks must stand in the compiler's namespace.
            if (declared is not null && declared != expected && declared != "System.Runtime.CompilerServices")
                broken.Add($"{path}: namespace {declared}, expected {expected}");
        }

        Assert.That(broken, Is.Empty);
    }

    [Test]
    public void A_module_family_holds_its_files_by_their_names()
    {
        // modules/DePinChain.Modules.<Family>: <Name>Module.cs stands with <Name>Policy.cs and <Name>Events.cs, and the family has a
        // README.
        string[] ofFamilies = ["Sdk", "Generators"];
        var missing = new List<string>();
        foreach ((string project, string file) in Repository.Projects.Where(project =>
            project.Key.StartsWith("Modules.", StringComparison.Ordinal)))
        {
            string folder = Path.GetDirectoryName(file)!;
            if (ofFamilies.Contains(project.Split('.')[1]) || !Repository.Relative(folder).StartsWith("modules/", StringComparison.Ordinal))
                continue;
            if (!File.Exists(Path.Combine(folder, "README.md")))
                missing.Add($"{project}: README.md");
            foreach (string module in Directory.EnumerateFiles(folder, "*Module.cs"))
            {
                string name = Path.GetFileName(module)[..^"Module.cs".Length];
                missing.AddRange(new[] { "State", "Policy", "Events", "Invariants" }
                    .Where(part => !File.Exists(Path.Combine(folder, name + part + ".cs"))).Select(part => $"{project}: {name}{part}.cs"));
            }
        }

        Assert.That(missing, Is.Empty);
    }
}
