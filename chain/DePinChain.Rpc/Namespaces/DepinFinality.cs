using System.Text.Json;
using DePinChain.Blocks;
using DePinChain.Crypto;
using DePinChain.Execution;
using DePinChain.Primitives;
using DePinChain.Rpc.Protocol;
using DePinChain.State;

namespace DePinChain.Rpc.Namespaces;

/// <summary>depin_: what makes a block final, and who may decide it.</summary>
internal sealed class DepinFinality(ChainView chain, INodeStatus node)
{
    /// <summary>A proposer of a later round is a matter of theory, and of as many steps.</summary>
    private const ulong RoundMax = 1_000;

    private const int VoteRecordsShown = 1_000;

    public void AddTo(MethodTable methods)
    {
        methods.Light("depin_getCommit", GetCommit);
        methods.Heavy("depin_getLightBlock", GetLightBlock);
        methods.Heavy("depin_getCommitProof", GetCommitProof);
        methods.Heavy("depin_getValidators", GetValidators);
        methods.Heavy("depin_getProposer", GetProposer);
        methods.Light("depin_getConsensusState", GetConsensusState);
        methods.Light("depin_getEvidence", GetEvidence);
        methods.Light("depin_getVoteRecord", GetVoteRecord);
        methods.Light("depin_getVoteRecords", GetVoteRecords);
        methods.Light("depin_getRandomness", GetRandomness);
    }

    private RpcError? GetCommit(ref ParameterReader parameters, Utf8JsonWriter result, in RequestScope scope)
    {
        BlockSelector height = parameters.ReadOptionalHeight();
        if (parameters.Finish() is { } fault) return fault;
        if (FindCommit(height, out bool isCanonical) is { } commit) WriteCommit(result, commit, isCanonical);
        else result.WriteNullValue();
        return null;
    }

    private RpcError? GetLightBlock(ref ParameterReader parameters, Utf8JsonWriter result, in RequestScope scope)
    {
        BlockSelector height = parameters.ReadOptionalHeight();
        if (parameters.Finish() is { } fault) return fault;
        if (chain.FindBlock(height) is not { } block)
        {
            result.WriteNullValue();
            return null;
        }

        if (ViewOf(block.Number, out ConsensusView? view) is { } missing) return missing;
        result.WriteStartObject();
        result.WriteData("header"u8, block.Header.Encode());
        result.WriteData("preimage"u8, block.Consensus.Preimage.Encode());
        WriteSet(result, view!); // read, because there is no error
        result.WritePropertyName("commit"u8);
        if (chain.Archive.FindCommit(block.Number, out bool isCanonical) is { } commit) WriteCommit(result, commit, isCanonical);
        else result.WriteNullValue();
        result.WriteEndObject();
        return null;
    }

    /// <summary>The arguments of the Ethereum contract's update(bytes,bytes,Validator[],uint32,uint256,bytes).</summary>
    private RpcError? GetCommitProof(ref ParameterReader parameters, Utf8JsonWriter result, in RequestScope scope)
    {
        BlockSelector height = parameters.ReadOptionalHeight();
        if (parameters.Finish() is { } fault) return fault;
        if (chain.FindBlock(height) is not { } block || chain.Archive.FindCommit(block.Number, out _) is not { } commit)
        {
            result.WriteNullValue();
            return null;
        }

        if (ViewOf(block.Number, out ConsensusView? view) is { } missing) return missing;
        result.WriteStartObject();
        result.WriteData("header"u8, block.Header.Encode());
        result.WriteData("preimage"u8, block.Consensus.Preimage.Encode());
        WriteSet(result, view!); // read, because there is no error
        result.WriteQuantity("round"u8, commit.Round);
        byte[] bits = [.. commit.Bitmap.Reverse()];
        result.WriteQuantity("bitmap"u8, UInt256.FromBigEndian(bits)); // at most 200 validators: 25 bytes
        var seals = new byte[Signature.Size * commit.Seals.Count];
        for (int i = 0; i < commit.Seals.Count; i++) commit.Seals[i].ToArray().CopyTo(seals, i * Signature.Size);
        result.WriteData("seals"u8, seals);
        result.WriteEndObject();
        return null;
    }

    private RpcError? GetValidators(ref ParameterReader parameters, Utf8JsonWriter result, in RequestScope scope)
    {
        BlockSelector selector = parameters.ReadOptionalHeight();
        if (parameters.Finish() is { } fault) return fault;
        if (HeightOf(selector) is not { } height)
        {
            result.WriteNullValue();
            return null;
        }

        if (ViewOf(height, out ConsensusView? view) is { } missing) return missing;
        ConsensusView set = view!; // read, because there is no error
        result.WriteStartObject();
        result.WriteQuantity("height"u8, set.Height);
        result.WriteQuantity("epochStart"u8, set.EpochStart);
        result.WriteQuantity("totalPower"u8, set.Validators.TotalPower);
        result.WriteHash("validatorsHash"u8, set.Validators.Hash);
        result.WriteAddress("proposer"u8, set.ProposerAt(0));
        result.WriteStartArray("validators"u8);
        foreach (Validator validator in set.Validators)
        {
            result.WriteStartObject();
            result.WriteAddress("address"u8, validator.Address);
            result.WriteQuantity("power"u8, validator.Power);
            if (set.FindOperator(validator.Address) is { } owner) result.WriteAddress("operator"u8, owner);
            if (set.FindVrfKey(validator.Address) is { } key) result.WriteData("vrfKey"u8, key.Span);
            result.WriteEndObject();
        }

        result.WriteEndArray();
        result.WriteEndObject();
        return null;
    }

    private RpcError? GetProposer(ref ParameterReader parameters, Utf8JsonWriter result, in RequestScope scope)
    {
        ulong height = parameters.ReadNumber();
        ulong round = parameters.ReadOptionalNumber() ?? 0;
        if (parameters.Finish() is { } fault) return fault;
        if (round > RoundMax) return RpcError.InvalidParams($"invalid argument 1: rounds up to {RoundMax} are computed");
        if (HeightOf(BlockSelector.At(height)) is null)
        {
            result.WriteNullValue();
            return null;
        }

        if (ViewOf(height, out ConsensusView? view) is { } missing) return missing;
        result.WriteAddressValue(view!.ProposerAt((uint)round)); // read, because there is no error
        return null;
    }

    private RpcError? GetConsensusState(ref ParameterReader parameters, Utf8JsonWriter result, in RequestScope scope)
    {
        if (parameters.Finish() is { } fault) return fault;
        ConsensusStatus status = node.Consensus;
        result.WriteStartObject();
        result.WriteQuantity("height"u8, status.Height);
        result.WriteQuantity("round"u8, status.Round);
        result.WriteString("step"u8, status.Step);
        result.WriteAddress("proposer"u8, status.Proposer);
        result.WriteNumber("lockedRound"u8, status.LockedRound);
        result.WriteHash("lockedHash"u8, status.LockedHash);
        result.WriteNumber("validRound"u8, status.ValidRound);
        result.WriteHash("validHash"u8, status.ValidHash);
        result.WriteQuantity("prevotePower"u8, status.PrevotePower);
        result.WriteQuantity("precommitPower"u8, status.PrecommitPower);
        result.WriteQuantity("totalPower"u8, status.TotalPower);
        result.WriteEndObject();
        return null;
    }

    /// <summary>Without a height the evidence that waits for a block, with one the block's.</summary>
    private RpcError? GetEvidence(ref ParameterReader parameters, Utf8JsonWriter result, in RequestScope scope)
    {
        ulong? height = parameters.ReadOptionalNumber();
        if (parameters.Finish() is { } fault) return fault;
        IReadOnlyList<Evidence>? evidence = height is { } number
            ? chain.FindBlock(BlockSelector.At(number))?.Consensus.Evidence
            : node.PendingEvidence;
        if (evidence is null)
        {
            result.WriteNullValue();
            return null;
        }

        result.WriteStartArray();
        foreach (Evidence item in evidence) WriteEvidence(result, item);
        result.WriteEndArray();
        return null;
    }

    private RpcError? GetVoteRecord(ref ParameterReader parameters, Utf8JsonWriter result, in RequestScope scope)
    {
        ulong? height = parameters.ReadOptionalNumber();
        if (parameters.Finish() is { } fault) return fault;
        height ??= node.HeightsWithVotes(1) is [var newest, ..] ? newest : 0; // of genesis there are none
        if (node.FindVotes(height.Value) is { } record) result.WriteDataValue(record.Encode());
        else result.WriteNullValue();
        return null;
    }

    private RpcError? GetVoteRecords(ref ParameterReader parameters, Utf8JsonWriter result, in RequestScope scope)
    {
        if (parameters.Finish() is { } fault) return fault;
        result.WriteStartArray();
        foreach (ulong height in node.HeightsWithVotes(VoteRecordsShown)) result.WriteQuantityValue(height);
        result.WriteEndArray();
        return null;
    }

    private RpcError? GetRandomness(ref ParameterReader parameters, Utf8JsonWriter result, in RequestScope scope)
    {
        BlockSelector height = parameters.ReadOptionalHeight();
        if (parameters.Finish() is { } fault) return fault;
        if (chain.FindHeader(height) is { } header) result.WriteHashValue(header.MixHash);
        else result.WriteNullValue();
        return null;
    }

    /// <summary>The height meant; null beyond the one being decided now.</summary>
    private ulong? HeightOf(BlockSelector selector) => selector.Kind switch
    {
        BlockSelectorKind.Number => selector.Number <= chain.HeadNumber + 1 ? selector.Number : null,
        BlockSelectorKind.Earliest => 0,
        BlockSelectorKind.Pending => chain.HeadNumber + 1,
        _ => chain.HeadNumber,
    };

    private CommitCertificate? FindCommit(BlockSelector selector, out bool isCanonical)
    {
        isCanonical = false;
        return chain.FindHeader(selector) is { } header ? chain.Archive.FindCommit(header.Number, out isCanonical) : null;
    }

    /// <summary>Who decides a height stands in the state before it; genesis is decided by nobody and shown with the first set.</summary>
    private RpcError? ViewOf(ulong height, out ConsensusView? view)
    {
        view = null;
        ulong parent = height == 0 ? 0 : height - 1;
        using StateSnapshot? state = chain.State.At(parent);
        if (state is null) return ChainView.NotKept(chain.State.FirstHeight);
        view = chain.Executor.ReadConsensusView(state, parent);
        return null;
    }

    private static void WriteSet(Utf8JsonWriter result, ConsensusView view)
    {
        result.WriteStartArray("validators"u8);
        foreach (Validator validator in view.Validators)
        {
            result.WriteStartObject();
            result.WriteAddress("address"u8, validator.Address);
            result.WriteQuantity("power"u8, validator.Power);
            result.WriteEndObject();
        }

        result.WriteEndArray();
    }

    /// <summary>The tip's certificate is only seen, not canonical, until the next block has chosen one.</summary>
    private static void WriteCommit(Utf8JsonWriter result, CommitCertificate commit, bool isCanonical)
    {
        result.WriteStartObject();
        result.WriteQuantity("height"u8, commit.Height);
        result.WriteQuantity("round"u8, commit.Round);
        result.WriteHash("blockHash"u8, commit.BlockHash);
        result.WriteData("bitmap"u8, commit.Bitmap);
        result.WriteStartArray("seals"u8);
        foreach (Signature seal in commit.Seals) result.WriteDataValue(seal.ToArray());
        result.WriteEndArray();
        result.WriteBoolean("canonical"u8, isCanonical);
        result.WriteEndObject();
    }

    private void WriteEvidence(Utf8JsonWriter result, Evidence item)
    {
        result.WriteStartObject();
        result.WriteString("kind"u8, item.Kind == EvidenceKind.DuplicateVote ? "duplicateVote"u8 : "duplicateProposal"u8);
        result.WriteQuantity("height"u8, item.Height);
        result.WriteQuantity("round"u8, item.Round);
        if (item.TryVerify(chain.Executor.Rules.ChainId, out Address signer, out _)) result.WriteAddress("signer"u8, signer);
        result.WriteData("rlp"u8, item.Encode());
        result.WriteEndObject();
    }
}
