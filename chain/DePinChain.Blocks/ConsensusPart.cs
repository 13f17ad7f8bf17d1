using DePinChain.Primitives;

namespace DePinChain.Blocks;

/// <summary>What travels beside an Ethereum block: the parent's certificate, evidence, the VRF proof and the preimage that binds
/// them.</summary>
/// <param name="LastCommit">Null at height 1, where the parent is genesis, and in genesis itself.</param>
/// <param name="Evidence">Equivocations that validators are accused of.</param>
/// <param name="VrfProof">81 bytes; empty in genesis.</param>
/// <param name="Preimage">What the header's consensus root is the hash of.</param>
public sealed record ConsensusPart(
    CommitCertificate? LastCommit, IReadOnlyList<Evidence> Evidence, ReadOnlyMemory<byte> VrfProof, ConsensusPreimage Preimage)
{
    /// <summary>Bytes of evidence in one block.</summary>
    public const int EvidenceBytesMax = 64 * 1024;

    private const byte EmptyList = 0xc0;

    /// <summary>keccak of the parent's certificate, zero without one.</summary>
    public static Hash256 LastCommitHash(CommitCertificate? lastCommit) => lastCommit?.Hash ?? Hash256.Zero;

    /// <summary>keccak of the 81 proof bytes. Nothing random hangs on it: one output has many valid proofs.</summary>
    public static Hash256 VrfProofHash(ReadOnlySpan<byte> proof) => Keccak256.Hash(proof);

    /// <summary>RLP <c>[lastCommit or [], evidence, vrfProof, preimage]</c>.</summary>
    public void WriteTo(RlpWriter writer)
    {
        int list = writer.BeginList();
        if (LastCommit is null) writer.WriteEncoded([EmptyList]);
        else LastCommit.WriteTo(writer);
        int evidence = writer.BeginList();
        foreach (Evidence item in Evidence) item.WriteTo(writer);
        writer.EndList(evidence);
        writer.Write(VrfProof.Span);
        writer.Write(Preimage.Encode());
        writer.EndList(list);
    }

    /// <exception cref="RlpException">Not a consensus part.</exception>
    public static ConsensusPart Read(ref RlpReader reader)
    {
        RlpReader list = reader.ReadList();
        ReadOnlySpan<byte> commit = list.ReadRawItem();
        var commitReader = new RlpReader(commit);
        CommitCertificate? lastCommit = commit is [EmptyList] ? null : CommitCertificate.Read(ref commitReader);
        var evidence = new List<Evidence>();
        RlpReader items = list.ReadList();
        while (!items.AtEnd) evidence.Add(Blocks.Evidence.Read(ref items));
        byte[] proof = list.ReadBytes().ToArray();
        if (!ConsensusPreimage.TryDecode(list.ReadBytes(), out ConsensusPreimage? preimage))
            throw new RlpException("The consensus preimage is not eight words with the tag in front.");
        list.ExpectEnd();
        return new ConsensusPart(lastCommit, evidence, proof, preimage);
    }
}
