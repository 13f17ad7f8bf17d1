using System.Buffers.Binary;
using DePinChain.Client;
using DePinChain.Primitives;

namespace DePinChain.Indexer.Decoding;

/// <summary>Calls, events and errors in the modules' own words. Built from what the node publishes, so a new module is known without a
/// change here.</summary>
public sealed class ModuleCodec
{
    private readonly Dictionary<Address, PublishedModule> _modules = [];
    private readonly Dictionary<(Address, uint), AbiFunction> _functions = [];
    private readonly Dictionary<(Address, Hash256), (PublishedModule Module, AbiEvent Event)> _events = [];
    private readonly Dictionary<Hash256, (PublishedModule Module, AbiEvent Event)> _anyEvents = [];

    public ModuleCodec(ModuleDirectory directory)
    {
        Directory = directory;
        foreach (PublishedModule module in directory.All)
        {
            _modules.TryAdd(module.Address, module);
            foreach (AbiFunction function in module.Abi.Functions) _functions.TryAdd((module.Address, function.Selector), function);
            foreach (AbiEvent declared in module.Abi.Events.Where(declared => !declared.Anonymous))
            {
                Hash256 topic = declared.Topic;
                _events.TryAdd((module.Address, topic), (module, declared));
                _anyEvents.TryAdd(topic, (module, declared));
            }
        }
    }

    public ModuleDirectory Directory { get; }

    public PublishedModule? FindModule(Address address) => _modules.GetValueOrDefault(address);

    /// <summary>The function that calldata names; null for a transfer, or for a selector that the module lacks.</summary>
    public AbiFunction? FindFunction(Address to, ReadOnlySpan<byte> input) =>
        input.Length >= AbiSignatures.SelectorSize
            ? _functions.GetValueOrDefault((to, BinaryPrimitives.ReadUInt32BigEndian(input)))
            : null;

    /// <summary>The event that a log is. A token's facade has no ABI of its own among the modules, so any module's event will do when the
    /// emitter has none.</summary>
    public (PublishedModule Module, AbiEvent Event)? FindEvent(Address emitter, IReadOnlyList<Hash256> topics)
    {
        if (topics.Count == 0) return null;
        if (_events.TryGetValue((emitter, topics[0]), out (PublishedModule, AbiEvent) own)) return own;
        return _anyEvents.TryGetValue(topics[0], out (PublishedModule, AbiEvent) other) ? other : null;
    }

    /// <summary>The event's values; null when the log is not what its first topic says.</summary>
    public static object?[]? TryDecode(AbiEvent declared, IReadOnlyList<Hash256> topics, ReadOnlySpan<byte> values)
    {
        try
        {
            return declared.Decode(topics, values);
        }
        catch (AbiException)
        {
            return null;
        }
    }
}
