using System.Diagnostics.CodeAnalysis;
using DePinChain.Primitives;

namespace DePinChain.Blocks;

/// <summary>The eight words whose hash the header carries as <c>parentBeaconBlockRoot</c> (decision 1).</summary>
/// <remarks>abi.encode of eight static words: an Ethereum contract opens it with one keccak and no Merkle branch.</remarks>
/// <param name="ValidatorsHash">The set that decides this block.</param>
/// <param name="NextValidatorsHash">The set that decides the next one; differs only in an epoch's last block.</param>
/// <param name="LastCommitHash">keccak of the parent's certificate; zero at height 1.</param>
/// <param name="EvidenceHash">keccak of the RLP list of evidence.</param>
/// <param name="ParamsHash">Active fork, seal scheme and governed parameters.</param>
/// <param name="VrfProofHash">keccak of the 81 proof bytes.</param>
/// <param name="Epoch">Number of the epoch this block belongs to.</param>
public sealed record ConsensusPreimage(
    Hash256 ValidatorsHash,
    Hash256 NextValidatorsHash,
    Hash256 LastCommitHash,
    Hash256 EvidenceHash,
    Hash256 ParamsHash,
    Hash256 VrfProofHash,
    ulong Epoch)
{
    public const int Size = 8 * 32;

    /// <summary>keccak("DePinChain.consensus.v1").</summary>
    public static readonly Hash256 Tag = Keccak256.Hash("DePinChain.consensus.v1"u8);

    public Hash256 Root => Keccak256.Hash(Encode());

    public byte[] Encode()
    {
        byte[] words = new byte[Size];
        Tag.CopyTo(words);
        ValidatorsHash.CopyTo(words.AsSpan(32, 32));
        NextValidatorsHash.CopyTo(words.AsSpan(64, 32));
        LastCommitHash.CopyTo(words.AsSpan(96, 32));
        EvidenceHash.CopyTo(words.AsSpan(128, 32));
        ParamsHash.CopyTo(words.AsSpan(160, 32));
        VrfProofHash.CopyTo(words.AsSpan(192, 32));
        ((UInt256)Epoch).WriteBigEndian(words.AsSpan(224, 32));
        return words;
    }

    public static bool TryDecode(ReadOnlySpan<byte> words, [NotNullWhen(true)] out ConsensusPreimage? preimage)
    {
        preimage = null;
        if (words.Length != Size || Word(words, 0) != Tag) return false;
        UInt256 epoch = UInt256.FromBigEndian(words[224..]);
        if (!epoch.FitsUInt64) return false;
        preimage = new ConsensusPreimage(
            Word(words, 1), Word(words, 2), Word(words, 3), Word(words, 4), Word(words, 5), Word(words, 6), (ulong)epoch);
        return true;

        static Hash256 Word(ReadOnlySpan<byte> words, int index) => new(words.Slice(index * 32, 32));
    }
}
