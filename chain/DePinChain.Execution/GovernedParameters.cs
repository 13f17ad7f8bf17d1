using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Execution;

/// <summary>What a header's <c>paramsHash</c> commits to: the active fork, the seal scheme, every governed parameter.</summary>
internal static class GovernedParameters
{
    /// <summary>Recoverable secp256k1 seals over EIP-712 digests; a fork to another scheme changes the number.</summary>
    private const ulong SealScheme = 1;

    /// <summary>keccak(rlp([forkName, sealScheme, [[module, key, value]… ascending by module, then key]])).</summary>
    public static Hash256 Hash(ForkSchedule forks, ulong height, IReadOnlyList<IModule> modules)
    {
        var entries = new List<(string Module, string Key, UInt256 Value)>();
        foreach (IModule module in modules)
        {
            if (module is not IModuleParameters governed) continue;
            foreach (ModuleParameter parameter in governed.ListParameters())
                entries.Add((module.Descriptor.Name, parameter.Key, parameter.Value));
        }
        entries.Sort(static (a, b) =>
        {
            int order = string.CompareOrdinal(a.Module, b.Module);
            return order != 0 ? order : string.CompareOrdinal(a.Key, b.Key);
        });

        var writer = new RlpWriter();
        int list = writer.BeginList();
        writer.Write(System.Text.Encoding.UTF8.GetBytes(forks.Latest(height) ?? ""));
        writer.Write(SealScheme);
        int parameters = writer.BeginList();
        foreach ((string module, string key, UInt256 value) in entries)
        {
            int entry = writer.BeginList();
            writer.Write(System.Text.Encoding.UTF8.GetBytes(module));
            writer.Write(System.Text.Encoding.UTF8.GetBytes(key));
            writer.Write(value);
            writer.EndList(entry);
        }
        writer.EndList(parameters);
        writer.EndList(list);
        return Keccak256.Hash(writer.Written);
    }
}
