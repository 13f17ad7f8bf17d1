using DePinChain.Blocks;
using DePinChain.Crypto;
using DePinChain.Primitives;

namespace DePinChain.Simulation;

/// <summary>Who made each seal seen so far: the checks ask about the same few hundred over and over.</summary>
/// <remarks>
/// Told by the keys themselves as they sign, and recovered for what liars make: it uses nothing of what the product remembers.
/// </remarks>
internal sealed class SealBook(ulong chainId)
{
    // Enough for several heights of a dozen validators; a flood only empties it.
    private const int Max = 4096;

    private readonly Dictionary<(Hash256 Digest, Signature Seal), Address> _signers = [];

    public bool TryFind(Vote vote, out Address signer) => TryFind(vote.SigningDigest(chainId), vote.Seal, out signer);

    public bool TryFind(Proposal proposal, out Address signer) => TryFind(proposal.SigningDigest(chainId), proposal.Seal, out signer);

    /// <summary>A machine's key has made this seal.</summary>
    public void Learn(in Hash256 digest, in Signature seal, Address signer)
    {
        if (_signers.Count >= Max) _signers.Clear();
        _signers[(digest, seal)] = signer;
    }

    private bool TryFind(in Hash256 digest, in Signature seal, out Address signer)
    {
        if (_signers.TryGetValue((digest, seal), out signer)) return true;
        if (!seal.TryRecover(digest, out signer)) return false;
        Learn(digest, seal, signer);
        return true;
    }
}
