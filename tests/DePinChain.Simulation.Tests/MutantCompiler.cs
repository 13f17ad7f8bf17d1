using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;

namespace DePinChain.Simulation.Tests;

/// <summary>Compiles a project of the product with a bug planted in it.</summary>
internal static class MutantCompiler
{
    private const string Globals = """
        global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq;
        global using System.Net.Http; global using System.Threading; global using System.Threading.Tasks;
        [assembly: System.Reflection.AssemblyVersion("1.0.0.0")]
        """;

    private static readonly CSharpParseOptions Language = new(LanguageVersion.Preview);
    private static readonly Lazy<string> Root = new(FindRoot);

    private static readonly Lazy<IReadOnlyList<MetadataReference>> Platform = new(() =>
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!) // every host sets it
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(path => (MetadataReference)MetadataReference.CreateFromFile(path)),
    ]);

    /// <summary>The assembly's bytes.</summary>
    public static byte[] Compile(Mutant mutant)
    {
        string folder = Path.Combine(Root.Value, Path.GetDirectoryName(mutant.File)!); // every file lies in a folder
        string planted = Path.Combine(Root.Value, mutant.File);
        List<SyntaxTree> trees = [CSharpSyntaxTree.ParseText(Globals, Language)];
        foreach (string file in Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            string relative = Path.GetRelativePath(folder, file).Replace('\\', '/');
            if (relative.StartsWith("obj/", StringComparison.Ordinal) || relative.StartsWith("bin/", StringComparison.Ordinal)) continue;
            string text = File.ReadAllText(file);
            if (file == planted) text = Plant(mutant, text);
            trees.Add(CSharpSyntaxTree.ParseText(WithoutGenerators(text), Language, file));
        }

        string name = mutant.Project;
        CSharpCompilationOptions options = new(
            OutputKind.DynamicallyLinkedLibrary,
            optimizationLevel: OptimizationLevel.Release,
            checkOverflow: true,
            allowUnsafe: true,
            nullableContextOptions: NullableContextOptions.Enable);
        IEnumerable<MetadataReference> references =
            Platform.Value.Where(reference => Path.GetFileNameWithoutExtension(reference.Display) != name);
        using MemoryStream compiled = new();
        EmitResult result = CSharpCompilation.Create(name, trees, references, options).Emit(compiled);
        Assert.That(
            result.Diagnostics.Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error).Take(5), Is.Empty, mutant.Name);
        return compiled.ToArray();
    }

    private static string Plant(Mutant mutant, string text)
    {
        string[] parts = text.Split(mutant.Search);
        Assert.That(parts, Has.Length.EqualTo(2), $"'{mutant.Search}' stands {parts.Length - 1} times in {mutant.File}");
        return parts[0] + mutant.Replacement + parts[1];
    }

    // The product's imports are written by a generator that is not at hand here; the older attribute does the same at run time.
    private static string WithoutGenerators(string text)
    {
        if (!text.Contains("LibraryImport", StringComparison.Ordinal)) return text;
        const string marshalling = @",\s*StringMarshalling = StringMarshalling\.\w+";
        string older = Regex.Replace(text, marshalling, "", RegexOptions.None, TimeSpan.FromSeconds(1));
        return older.Replace("[LibraryImport(", "[DllImport(", StringComparison.Ordinal)
            .Replace("static partial ", "static extern ", StringComparison.Ordinal);
    }

    private static string FindRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "DePinChain.sln"))) folder = folder.Parent;
        return folder?.FullName ?? throw new DirectoryNotFoundException($"DePinChain.sln is not above {AppContext.BaseDirectory}");
    }
}
