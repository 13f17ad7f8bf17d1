using System.Buffers.Binary;
using System.Text.Json.Nodes;
using DePinChain.Client;
using DePinChain.Primitives;

namespace DePinChain.Cli.Commands;

/// <summary>Calls and logs in words, by the ABIs that the node publishes.</summary>
internal static class DecodedViews
{
    public static JsonNode? Call(ModuleDirectory modules, string? to, string? input)
    {
        if (to is null || input is null or "0x" || !Hex.TryDecode(input, out byte[] data) || data.Length < 4
            || modules.Find(Address.Parse(to)) is not { } module)
            return input is null or "0x" ? null : input;
        if (module.Abi.FindFunction(BinaryPrimitives.ReadUInt32BigEndian(data)) is not { } function)
            return input;
        IEnumerable<string> arguments = function.Inputs.Zip(function.DecodeCall(data),
            (parameter, value) => $"{parameter.Name}: {AbiValues.Format(value)}");
        return $"{module.Name}.{function.Name}({string.Join(", ", arguments)})";
    }

    public static JsonObject Log(ModuleDirectory modules, JsonNode log)
    {
        Address emitter = Address.Parse(log["address"]!.GetValue<string>());
        Hash256[] topics = (log["topics"] as JsonArray ?? []).Select(topic => Hash256.Parse(topic!.GetValue<string>())).ToArray();
        byte[] data = Hex.Decode(log["data"]!.GetValue<string>());
        var view = new JsonObject { ["address"] = emitter.ToString() };
        if (topics.Length == 0 || modules.FindEvent(emitter, topics[0]) is not { } found)
        {
            view["topics"] = new JsonArray(topics.Select(topic => (JsonNode?)topic.ToString()).ToArray());
            view["data"] = Hex.Encode(data);
            return view;
        }

        view["event"] = $"{found.Module.Name}.{found.Event.Name}";
        object?[] values = found.Event.Decode(topics, data);
        for (int index = 0; index < values.Length; index++)
            view[found.Event.Inputs[index].Name] = AbiValues.ToJson(values[index]);
        return view;
    }
}
