using System.Buffers.Binary;
using System.Text;
using DePinChain.Primitives;

namespace DePinChain.Modules.Sdk;

/// <summary>A struct that an account signs off the chain for one module to check (EIP-712); fields are added in the type's order.</summary>
/// <remarks>Fields are one word each; what is longer enters by its keccak-256, as the EIP has it for bytes and strings.</remarks>
public sealed class SignedStruct
{
    private const string DomainType = "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)";
    private const string Version = "1";

    private readonly byte[] _words;
    private int _length;

    private SignedStruct(string type, int fields)
    {
        _words = new byte[(1 + fields) * Hash256.Size];
        Add(HashOf(type));
    }

    /// <summary>A struct of a type as the EIP writes it, for example <c>Voucher(uint64 channel,uint64 lane)</c>.</summary>
    public static SignedStruct Of(string type) => new(type, type.AsSpan().Count(',') + 1);

    /// <summary>The next field: an unsigned number of up to 128 bits.</summary>
    public SignedStruct Add(UInt128 value)
    {
        BinaryPrimitives.WriteUInt128BigEndian(_words.AsSpan(_length + Hash256.Size - 16), value);
        _length += Hash256.Size;
        return this;
    }

    /// <summary>The next field: an account.</summary>
    public SignedStruct Add(Address value)
    {
        value.CopyTo(_words.AsSpan(_length + Hash256.Size - Address.Size));
        _length += Hash256.Size;
        return this;
    }

    /// <summary>The next field: 32 bytes, or the hash of something longer.</summary>
    public SignedStruct Add(in Hash256 value)
    {
        value.CopyTo(_words.AsSpan(_length));
        _length += Hash256.Size;
        return this;
    }

    /// <summary>What is signed: keccak(0x19 0x01 ‖ domain ‖ struct). The domain is version 1 of its name on a chain.</summary>
    public Hash256 DigestFor(string domain, ulong chainId, Address module)
    {
        Invariant.Assert(_length == _words.Length, "A signed struct has a value for each field of its type.");
        Hash256 separator = new SignedStruct(DomainType, fields: 4)
            .Add(HashOf(domain)).Add(HashOf(Version)).Add(chainId).Add(module).Hash();
        byte[] message = new byte[2 + (2 * Hash256.Size)];
        (message[0], message[1]) = (0x19, 0x01);
        separator.CopyTo(message.AsSpan(2));
        Hash().CopyTo(message.AsSpan(2 + Hash256.Size));
        return Keccak256.Hash(message);
    }

    private static Hash256 HashOf(string text) => Keccak256.Hash(Encoding.ASCII.GetBytes(text));

    private Hash256 Hash() => Keccak256.Hash(_words);
}
