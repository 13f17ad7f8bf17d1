using System.Buffers.Binary;

namespace DePinChain.Modules.Subnets;

/// <summary>What an epoch left of each uid, packed big-endian into one body of 25 bytes a uid.</summary>
internal sealed class Metagraph
{
    private const int Size = 25;

    public Metagraph(byte[] body) => Body = body;

    public Metagraph(int uids) => Body = new byte[uids * Size];

    public byte[] Body { get; }

    public int Uids => Body.Length / Size;

    /// <summary>A uid's results; zeros for one that no epoch has seen.</summary>
    public MetagraphEntry this[ulong uid]
    {
        get
        {
            if (uid >= (ulong)Uids) return default;
            ReadOnlySpan<byte> at = Body.AsSpan((int)uid * Size, Size);
            return new MetagraphEntry(
                BinaryPrimitives.ReadUInt64BigEndian(at), BinaryPrimitives.ReadUInt64BigEndian(at[8..]),
                BinaryPrimitives.ReadUInt16BigEndian(at[16..]), BinaryPrimitives.ReadUInt16BigEndian(at[18..]),
                BinaryPrimitives.ReadUInt16BigEndian(at[20..]), BinaryPrimitives.ReadUInt16BigEndian(at[22..]), at[24] == 1);
        }

        set
        {
            Span<byte> at = Body.AsSpan((int)uid * Size, Size);
            BinaryPrimitives.WriteUInt64BigEndian(at, value.Emission);
            BinaryPrimitives.WriteUInt64BigEndian(at[8..], value.Stake);
            BinaryPrimitives.WriteUInt16BigEndian(at[16..], value.Consensus);
            BinaryPrimitives.WriteUInt16BigEndian(at[18..], value.Incentive);
            BinaryPrimitives.WriteUInt16BigEndian(at[20..], value.Dividends);
            BinaryPrimitives.WriteUInt16BigEndian(at[22..], value.Trust);
            at[24] = value.Permit ? (byte)1 : (byte)0;
        }
    }
}

/// <summary>One uid's results.</summary>
/// <param name="Emission">What it earned, in 10^-9 DPN.</param>
/// <param name="Stake">Its stake at that epoch, in 10^-9 DPN.</param>
/// <param name="Consensus">Of 65,535.</param>
/// <param name="Incentive">Of 65,535.</param>
/// <param name="Dividends">Of 65,535.</param>
/// <param name="Trust">Of 65,535.</param>
/// <param name="Permit">Whether it may set weights.</param>
internal readonly record struct MetagraphEntry(
    ulong Emission, ulong Stake, ushort Consensus, ushort Incentive, ushort Dividends, ushort Trust, bool Permit);
