using System.Reflection;
using System.Runtime.Loader;

namespace DePinChain.Simulation.Tests;

/// <summary>The product with one mutated assembly: that and everything built on it are loaded again, beside the healthy ones.</summary>
internal sealed class MutantHouse : AssemblyLoadContext
{
    private const string Prefix = "DePinChain.";

    private readonly string _project;
    private readonly byte[] _mutated;
    private readonly SortedSet<string> _above;

    public MutantHouse(Mutant mutant)
        : base(mutant.Name)
    {
        _project = mutant.Project;
        _mutated = MutantCompiler.Compile(mutant);
        _above = FindAbove(_project);
    }

    /// <summary>Simulates a seed with the bug in every honest machine; the violation, or null.</summary>
    public string? FindViolation(ulong seed, ulong heights)
    {
        MethodInfo find = LoadFromAssemblyName(new AssemblyName("DePinChain.Simulation"))
            .GetType("DePinChain.Simulation.Simulator", throwOnError: true)!
            .GetMethod(nameof(Simulator.FindViolation))!; // the type is there, and so is its method
        return (string?)find.Invoke(null, [seed, heights]);
    }

    protected override Assembly? Load(AssemblyName assemblyName)
    {
        if (assemblyName.Name is not { } name || !_above.Contains(name)) return null;
        return name == _project
            ? LoadFromStream(new MemoryStream(_mutated))
            : LoadFromAssemblyPath(Path.Combine(AppContext.BaseDirectory, name + ".dll"));
    }

    // A healthy assembly that refers to a healthy twin of the mutated one would bring the twin along.
    private static SortedSet<string> FindAbove(string project)
    {
        SortedDictionary<string, string[]> references = new(StringComparer.Ordinal);
        Queue<string> open = new(["DePinChain.Simulation"]);
        while (open.TryDequeue(out string? name))
        {
            if (references.ContainsKey(name)) continue;
            references[name] = [.. Default.LoadFromAssemblyName(new AssemblyName(name)).GetReferencedAssemblies()
                .Select(reference => reference.Name!).Where(reference => reference.StartsWith(Prefix, StringComparison.Ordinal))];
            foreach (string reference in references[name]) open.Enqueue(reference);
        }

        SortedSet<string> above = new(StringComparer.Ordinal) { project };
        while (references.Any(entry => entry.Value.Any(above.Contains) && above.Add(entry.Key)))
        {
            // Until nothing is added any more.
        }

        return above;
    }
}
