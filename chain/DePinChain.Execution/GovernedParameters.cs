using System.Text;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Execution;

/// <summary>What a header's <c>paramsHash</c> commits to: the active fork, the seal scheme, every governed parameter.</summary>
/// <remarks>
/// Names and their order belong to the catalog and are worked out once; the records are read in each block, and their values hashed when
/// they differ from those hashed last. One instance serves any number of threads.
/// </remarks>
internal sealed class GovernedParameters
{
    /// <summary>Recoverable secp256k1 seals over EIP-712 digests; a fork to another scheme changes the number.</summary>
    private const ulong SealScheme = 1;

    private volatile Name[]? _names;
    private volatile Hashed? _last;

    /// <summary>keccak(rlp([forkName, sealScheme, [[module, key, value]… ascending by module, then key]])).</summary>
    public Hash256 Hash(ForkSchedule forks, ulong height, IReadOnlyList<IModule> modules)
    {
        var records = new byte[]?[modules.Count];
        for (int i = 0; i < records.Length; i++) records[i] = (modules[i] as IModuleParameters)?.ParameterRecord;
        string fork = forks.Latest(height) ?? "";
        if (_last is { } last && last.IsOf(fork, records)) return last.Hash;
        var values = new IReadOnlyList<ModuleParameter>[modules.Count];
        for (int i = 0; i < values.Length; i++) values[i] = modules[i] is IModuleParameters governed ? governed.ListParameters() : [];
        Hash256 hash = Hash(fork, _names ??= NamesOf(modules, values), values);
        _last = new Hashed(fork, records, hash);
        return hash;
    }

    private static Hash256 Hash(string fork, Name[] names, IReadOnlyList<ModuleParameter>[] values)
    {
        var writer = new RlpWriter(32 * names.Length);
        int list = writer.BeginList();
        writer.Write(Encoding.UTF8.GetBytes(fork));
        writer.Write(SealScheme);
        int parameters = writer.BeginList();
        foreach (Name name in names)
        {
            int entry = writer.BeginList();
            writer.Write(name.ModuleBytes);
            writer.Write(name.KeyBytes);
            writer.Write(values[name.Module][name.Parameter].Value);
            writer.EndList(entry);
        }
        writer.EndList(parameters);
        writer.EndList(list);
        return Keccak256.Hash(writer.Written);
    }

    private static Name[] NamesOf(IReadOnlyList<IModule> modules, IReadOnlyList<ModuleParameter>[] values)
    {
        var names = new List<(string Module, string Key, Name Name)>();
        for (int i = 0; i < values.Length; i++)
        {
            string module = modules[i].Descriptor.Name;
            for (int k = 0; k < values[i].Count; k++)
            {
                string key = values[i][k].Key;
                names.Add((module, key, new Name(i, k, Encoding.UTF8.GetBytes(module), Encoding.UTF8.GetBytes(key))));
            }
        }
        names.Sort(static (a, b) =>
        {
            int order = string.CompareOrdinal(a.Module, b.Module);
            return order != 0 ? order : string.CompareOrdinal(a.Key, b.Key);
        });
        return [.. names.Select(static entry => entry.Name)];
    }

    /// <summary>The records whose values were hashed last, by module. Equal records hold equal values.</summary>
    private sealed record Hashed(string Fork, byte[]?[] Records, Hash256 Hash)
    {
        public bool IsOf(string fork, byte[]?[] records)
        {
            if (!string.Equals(fork, Fork, StringComparison.Ordinal)) return false;
            for (int i = 0; i < records.Length; i++)
                if (!ReferenceEquals(records[i], Records[i]) && !records[i].AsSpan().SequenceEqual(Records[i])) return false;
            return true;
        }
    }

    /// <summary>Where a parameter stands in the catalog, and how it is called.</summary>
    private sealed record Name(int Module, int Parameter, byte[] ModuleBytes, byte[] KeyBytes);
}
