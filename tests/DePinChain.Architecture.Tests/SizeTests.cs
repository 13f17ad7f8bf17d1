using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace DePinChain.Architecture.Tests;

/// <summary>Files and methods stay small enough to be read in one sitting.</summary>
public sealed class SizeTests
{
    private const int FileLinesMax = 400;
    private const int MethodLinesMax = 70;
    private const int LineCharactersMax = 140;

    /// <summary>Unrolled kernels and fixed tables: code that a machine wrote and nobody reads line by line.</summary>
    private static readonly Dictionary<string, string> Exceptions = new(StringComparer.Ordinal)
    {
        ["chain/DePinChain.Primitives/KeccakPermutation.cs"] = "the unrolled Keccak-f[1600]: straight-line code from a script",
        ["chain/DePinChain.Primitives/KeccakLanes.cs"] = "the same permutation over 4 and 8 lanes",
        ["proofs/DePinChain.Proofs/Hashing/Sha256Lanes16.cs"] = "SHA-256's rounds over 16 lanes, from a script",
        ["proofs/DePinChain.Proofs/Hashing/Sha256Lanes8.cs"] = "the same rounds over 8 lanes",
        ["chain/DePinChain.Crypto/MnemonicWords.cs"] = "BIP-39's table of 2,048 English words",
    };

    [Test]
    public void No_file_is_longer_than_400_lines() => Assert.That(
        Repository.Sources.Where(path => !Exceptions.ContainsKey(Repository.Relative(path)))
            .Select(path => (Path: Repository.Relative(path), Lines: File.ReadLines(path).Count()))
            .Where(file => file.Lines > FileLinesMax).Select(file => $"{file.Path}: {file.Lines}"), Is.Empty);

    [Test]
    public void No_method_is_longer_than_70_lines()
    {
        var long_ = new List<string>();
        foreach ((string path, SyntaxTree tree) in Repository.Trees.Where(tree => !Exceptions.ContainsKey(tree.Path)))
        {
            foreach (BaseMethodDeclarationSyntax method in tree.GetRoot().DescendantNodes().OfType<BaseMethodDeclarationSyntax>())
            {
                FileLinePositionSpan span = tree.GetLineSpan((method.Body ?? (SyntaxNode?)method.ExpressionBody ?? method).Span);
                int lines = span.EndLinePosition.Line - span.StartLinePosition.Line + 1;
                if (lines > MethodLinesMax)
                    long_.Add($"{path}:{span.StartLinePosition.Line + 1}: {lines}");
            }
        }

        Assert.That(long_, Is.Empty);
    }

    [Test]
    public void No_line_is_longer_than_140_characters()
    {
        IEnumerable<string> long_ = Repository.Sources.Where(path => !Exceptions.ContainsKey(Repository.Relative(path)))
            .SelectMany(path => File.ReadLines(path).Select((line, index) =>
                (Line: line, Place: $"{Repository.Relative(path)}:{index + 1}")))
            .Where(line => line.Line.Length > LineCharactersMax && !line.Line.Contains("\"0x", StringComparison.Ordinal))
                .Select(line => line.Place);
        Assert.That(long_, Is.Empty);
    }

    [Test]
    public void The_list_of_exceptions_names_files_that_exist() => Assert.That(
        Exceptions.Keys.Where(path => !File.Exists(Path.Combine(Repository.Root, path))), Is.Empty);
}
