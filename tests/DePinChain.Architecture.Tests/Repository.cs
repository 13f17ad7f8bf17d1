using System.Xml.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace DePinChain.Architecture.Tests;

/// <summary>The tracked source of the checkout that the tests were built from.</summary>
internal static class Repository
{
    private static readonly string[] Rooms = ["chain", "modules", "proofs", "gpu", "tests"];

    /// <summary>The folder that holds DePinChain.sln.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Every project file, by project name without the prefix.</summary>
    public static IReadOnlyDictionary<string, string> Projects { get; } = Rooms
        .Select(room => Path.Combine(Root, room)).Where(Directory.Exists)
        .SelectMany(room => Directory.EnumerateFiles(room, "*.csproj", SearchOption.AllDirectories))
        .Where(IsSource)
        .ToDictionary(path => ShortName(Path.GetFileNameWithoutExtension(path)), path => path, StringComparer.Ordinal);

    /// <summary>Every C# file that people wrote, without build output.</summary>
    public static IReadOnlyList<string> Sources { get; } = Rooms
        .Select(room => Path.Combine(Root, room)).Where(Directory.Exists)
        .SelectMany(room => Directory.EnumerateFiles(room, "*.cs", SearchOption.AllDirectories))
        .Where(IsSource).Order(StringComparer.Ordinal).ToList();

    /// <summary>The parsed sources, each parsed once.</summary>
    public static IReadOnlyList<(string Path, SyntaxTree Tree)> Trees { get; } =
        Sources.Select(path => (Relative(path), CSharpSyntaxTree.ParseText(File.ReadAllText(path), path: path))).ToList();

    public static string Relative(string path) => Path.GetRelativePath(Root, path).Replace('\\', '/');

    public static string ShortName(string project) => project.StartsWith("DePinChain.", StringComparison.Ordinal)
        ? project["DePinChain.".Length..] : project;

    /// <summary>The projects that a project file refers to, analyzers left out, wildcards expanded to their pattern.</summary>
    public static IReadOnlyList<string> ReferencesOf(string projectFile) => XDocument.Load(projectFile)
        .Descendants("ProjectReference")
        .Where(reference => (string?)reference.Attribute("OutputItemType") != "Analyzer")
        .Select(reference => (string)reference.Attribute("Include")!)
        .Select(include => include.Contains('*', StringComparison.Ordinal) ? "Modules.*"
            : ShortName(Path.GetFileNameWithoutExtension(include)))
        .Order(StringComparer.Ordinal).ToList();

    private static bool IsSource(string path) =>
        !Relative(path).Split('/').Any(part => part is "bin" or "obj" or "node_modules");

    private static string FindRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "DePinChain.sln")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new DirectoryNotFoundException($"DePinChain.sln is not above {AppContext.BaseDirectory}");
    }
}
