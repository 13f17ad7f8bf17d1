using System.Text;

namespace DePinChain.Primitives;

/// <summary>An event: a log whose first topic is the signature's keccak, unless it is anonymous.</summary>
public sealed record AbiEvent(string Name, IReadOnlyList<AbiParameter> Inputs, bool Anonymous)
{
    /// <inheritdoc cref="AbiFunction.Signature"/>
    public string Signature => AbiSignatures.Of(Name, Inputs);

    public Hash256 Topic => Keccak256.Hash(Encoding.UTF8.GetBytes(Signature));

    /// <summary>
    /// The event's values in the order of its inputs. An indexed value that is not one word is there as the <see cref="Hash256"/> of
    /// it.
    /// </summary>
    /// <exception cref="AbiException">The log is not this event.</exception>
    public object?[] Decode(IReadOnlyList<Hash256> topics, ReadOnlySpan<byte> data)
    {
        int indexed = Inputs.Count(input => input.Indexed);
        int first = Anonymous ? 0 : 1;
        if (topics.Count != indexed + first || (!Anonymous && topics[0] != Topic))
            throw new AbiException($"The log is not {Signature}: its topics are others.");
        object?[] plain = AbiCodec.Decode(AbiSignatures.TypesOf([.. Inputs.Where(input => !input.Indexed)]), data);
        object?[] values = new object?[Inputs.Count];
        int topic = first;
        int next = 0;
        for (int i = 0; i < values.Length; i++)
        {
            AbiType type = Inputs[i].Type;
            if (!Inputs[i].Indexed) values[i] = plain[next++];
            else if (type.Kind >= AbiKind.Bytes) values[i] = topics[topic++];
            else values[i] = AbiCodec.Decode([type], topics[topic++].ToArray())[0];
        }

        return values;
    }
}
