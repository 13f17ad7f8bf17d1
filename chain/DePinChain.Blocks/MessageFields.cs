using DePinChain.Crypto;
using DePinChain.Primitives;

namespace DePinChain.Blocks;

/// <summary>The fields that votes and proposals share on the wire: height, round, validRound + 1, blockHash, seal.</summary>
internal readonly record struct MessageFields(ulong Height, uint Round, int ValidRound, Hash256 BlockHash, Signature Seal)
{
    public static void Write(RlpWriter writer, ulong height, uint round, int validRound, Hash256 blockHash, Signature seal)
    {
        writer.Write(height);
        writer.Write((ulong)round);
        writer.Write((ulong)(validRound + 1L));
        writer.Write(blockHash);
        WriteSeal(writer, seal);
    }

    public static MessageFields Read(ref RlpReader fields)
    {
        ulong height = fields.ReadUInt64();
        uint round = ReadRound(ref fields);
        int validRound = ReadValidRound(ref fields, round);
        return new MessageFields(height, round, validRound, fields.ReadHash256(), ReadSeal(ref fields));
    }

    public static uint ReadRound(ref RlpReader fields)
    {
        uint round = fields.ReadUInt32();
        return round <= int.MaxValue ? round : throw new RlpException($"Round {round} is beyond 2^31 - 1.");
    }

    public static int ReadValidRound(ref RlpReader fields, uint round)
    {
        uint next = fields.ReadUInt32();
        return next <= round ? (int)next - 1 : throw new RlpException($"Valid round {next - 1L} is not before round {round}.");
    }

    public static void WriteSeal(RlpWriter writer, Signature seal)
    {
        Span<byte> bytes = stackalloc byte[Signature.Size];
        seal.CopyTo(bytes);
        writer.Write(bytes);
    }

    public static Signature ReadSeal(ref RlpReader fields) => new(fields.ReadBytes(Signature.Size));
}
