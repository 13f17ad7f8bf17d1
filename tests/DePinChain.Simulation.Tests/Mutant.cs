using System.Text.Json;

namespace DePinChain.Simulation.Tests;

/// <summary>A bug planted into a copy of the product: one text of one file replaced by another.</summary>
/// <param name="Name">What the bug is.</param>
/// <param name="File">Under the checkout's root.</param>
/// <param name="Search">Occurs there exactly once.</param>
/// <param name="Replacement">What stands there instead.</param>
/// <param name="Seed">The first seed from 1 on whose simulation finds it.</param>
public sealed record Mutant(string Name, string File, string Search, string Replacement, ulong Seed)
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    /// <summary>All that are planted.</summary>
    public static IReadOnlyList<Mutant> All { get; } = JsonSerializer.Deserialize<Mutant[]>(
        System.IO.File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Mutants.json")), Json)!; // a list, not null

    /// <summary>The project whose file it is.</summary>
    public string Project => Path.GetFileName(Path.GetDirectoryName(File)!); // every file lies in its project's folder

    public override string ToString() => Name;
}
