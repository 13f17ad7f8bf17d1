using System.Text;
using DePinChain.Primitives;

namespace DePinChain.Crypto;

/// <summary>Hashes of typed structured data (EIP-712).</summary>
public static class Eip712
{
    /// <summary>The domain's hash. Only the fields that are given are part of its type, in the order of the EIP.</summary>
    public static Hash256 DomainSeparator(string? name, string? version, UInt256? chainId, Address? contract = null, Hash256? salt = null)
    {
        List<string> fields = [];
        List<AbiType> types = [AbiType.Parse("bytes32")];
        List<object?> values = [Hash256.Zero];
        Add("string name", name is null ? null : TextHash(name));
        Add("string version", version is null ? null : TextHash(version));
        Add("uint256 chainId", chainId);
        Add("address verifyingContract", contract);
        Add("bytes32 salt", salt);
        values[0] = TypeHash($"EIP712Domain({string.Join(',', fields)})");
        return Keccak256.Hash(AbiCodec.Encode(types, values));

        void Add(string field, object? value)
        {
            if (value is null) return;
            fields.Add(field);
            // Strings are hashed, so they take a word of bytes32.
            types.Add(AbiType.Parse(value is Hash256 ? "bytes32" : field.Split(' ')[0]));
            values.Add(value);
        }
    }

    /// <summary>keccak of a type's text, as <c>Vote(uint8 kind,uint64 height)</c>: the first word of each struct's hash.</summary>
    public static Hash256 TypeHash(string encodedType) => TextHash(encodedType);

    /// <summary>What is signed: keccak(0x19 0x01 ‖ domain ‖ struct).</summary>
    public static Hash256 Digest(Hash256 domainSeparator, Hash256 structHash)
    {
        Span<byte> input = stackalloc byte[2 + (2 * Hash256.Size)];
        input[0] = 0x19;
        input[1] = 0x01;
        domainSeparator.CopyTo(input[2..]);
        structHash.CopyTo(input[(2 + Hash256.Size)..]);
        return Keccak256.Hash(input);
    }

    private static Hash256 TextHash(string text) => Keccak256.Hash(Encoding.UTF8.GetBytes(text));
}
