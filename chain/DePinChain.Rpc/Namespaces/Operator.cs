using System.Text.Json;
using DePinChain.Blocks;
using DePinChain.Mempool;
using DePinChain.Primitives;
using DePinChain.Rpc.Protocol;

namespace DePinChain.Rpc.Namespaces;

/// <summary>admin_ and, on a development genesis, dev_ with its anvil and hardhat names: for programs on this machine only.</summary>
internal sealed class Operator(ChainView chain, INodeStatus node, INodeControl control, Func<Transaction, Rejection?> keep)
{
    private const uint MinedMax = 100_000;
    private const ulong WarpMax = 100UL * 366 * 86_400;
    private const ulong GiftGas = 21_000;
    private const int MessageBytesMax = 4096;
    private const int PathLengthMax = 4096;

    /// <summary>The most one gift can be: the faucet is a convenience, not a mint.</summary>
    private static readonly Amount GiftMax = Amount.FromDpn(100_000);

    private readonly Lock _faucet = new();

    public void AddTo(MethodTable methods, bool isDevelopment)
    {
        methods.Trusted("admin_peers", Peers);
        methods.Trusted("admin_nodeInfo", NodeInfo);
        methods.Trusted("admin_stop", Stop);
        methods.TrustedDeferred("admin_submitEvidence", SubmitEvidence);
        methods.Trusted("admin_backup", Backup);
        methods.Light("depin_getUpgrades", Upgrades);
        if (!isDevelopment) return;
        methods.TrustedDeferred("dev_submitVote", SubmitVote);
        methods.TrustedDeferred("dev_mine", Mine);
        methods.TrustedDeferred("dev_warp", Warp);
        methods.TrustedDeferred("dev_setTime", SetTime);
        methods.Trusted("dev_faucet", Faucet);
        methods.TrustedDeferred("evm_mine", MineOne);
        methods.TrustedDeferred("anvil_mine", Mine);
        methods.TrustedDeferred("hardhat_mine", Mine);
        methods.TrustedDeferred("evm_increaseTime", Warp);
        methods.TrustedDeferred("anvil_increaseTime", Warp);
        methods.TrustedDeferred("evm_setTime", SetTime);
    }

    private RpcError? Peers(ref ParameterReader parameters, Utf8JsonWriter result, in RequestScope scope)
    {
        if (parameters.Finish() is { } fault) return fault;
        result.WriteStartArray();
        foreach (PeerStatus peer in node.Peers)
        {
            result.WriteStartObject();
            result.WriteString("id"u8, peer.Id);
            result.WriteString("address"u8, peer.Address);
            result.WriteBoolean("inbound"u8, peer.IsInbound);
            if (peer.Height is { } height) result.WriteQuantity("height"u8, height);
            else result.WriteNull("height"u8);
            result.WriteEndObject();
        }

        result.WriteEndArray();
        return null;
    }

    private RpcError? NodeInfo(ref ParameterReader parameters, Utf8JsonWriter result, in RequestScope scope)
    {
        if (parameters.Finish() is { } fault) return fault;
        NodeIdentity identity = node.Identity;
        result.WriteStartObject();
        result.WriteString("name"u8, node.ClientVersion);
        result.WriteString("id"u8, identity.PeerId);
        result.WriteString("network"u8, identity.Network);
        result.WriteStartArray("listenAddrs"u8);
        foreach (string address in identity.ListenAddresses) result.WriteStringValue(address);
        result.WriteEndArray();
        result.WriteEndObject();
        return null;
    }

    private RpcError? Stop(ref ParameterReader parameters, Utf8JsonWriter result, in RequestScope scope)
    {
        if (parameters.Finish() is { } fault) return fault;
        control.Stop();
        result.WriteBooleanValue(true);
        return null;
    }

    /// <summary>Copies the database into a folder that does not exist yet; the tables are hard links, so it takes a moment.</summary>
    private RpcError? Backup(ref ParameterReader parameters, Utf8JsonWriter result, in RequestScope scope)
    {
        string folder = parameters.ReadString(PathLengthMax);
        if (parameters.Finish() is { } fault) return fault;
        if (!Path.IsPathFullyQualified(folder)) return RpcError.InvalidParams("invalid argument 0: an absolute path is needed");
        BackupAnswer answer = control.Backup(folder);
        if (answer.Fault is { } why) return RpcError.Server(why);
        result.WriteStartObject();
        result.WriteQuantity("height"u8, answer.Height);
        result.WriteHash("blockHash"u8, answer.BlockHash);
        result.WriteString("manifest"u8, answer.Manifest);
        result.WriteEndObject();
        return null;
    }

    private RpcError? Upgrades(ref ParameterReader parameters, Utf8JsonWriter result, in RequestScope scope)
    {
        if (parameters.Finish() is { } fault) return fault;
        result.WriteStartArray();
        foreach (ScheduledUpgrade upgrade in node.Upgrades)
        {
            result.WriteStartObject();
            result.WriteString("name"u8, upgrade.Name);
            result.WriteQuantity("height"u8, upgrade.Height);
            result.WriteBoolean("known"u8, upgrade.IsKnown);
            result.WriteEndObject();
        }

        result.WriteEndArray();
        return null;
    }

    /// <summary>A proof that a validator signed twice, as a block would carry it; like CometBFT's broadcast_evidence.</summary>
    private Task<DeferredResult> SubmitEvidence(ref ParameterReader parameters, in RequestScope scope)
    {
        byte[] evidence = parameters.ReadData(MessageBytesMax);
        return parameters.Finish() is { } fault
            ? Answer(fault)
            : TakenAsync(control.SubmitEvidenceAsync(evidence, scope.Cancellation));
    }

    private Task<DeferredResult> SubmitVote(ref ParameterReader parameters, in RequestScope scope)
    {
        byte[] vote = parameters.ReadData(MessageBytesMax);
        return parameters.Finish() is { } fault ? Answer(fault) : TakenAsync(control.SubmitVoteAsync(vote, scope.Cancellation));
    }

    private static async Task<DeferredResult> TakenAsync(Task<string?> taking) => await taking is { } why
        ? DeferredResult.Fail(RpcError.Server($"not taken: {why}"))
        : DeferredResult.Ok(json => json.WriteBooleanValue(true));

    private Task<DeferredResult> Mine(ref ParameterReader parameters, in RequestScope scope)
    {
        ulong count = parameters.ReadOptionalNumber() ?? 1;
        parameters.ReadOptionalNumber(); // anvil's interval in seconds; blocks here carry the clock's time
        if (parameters.Finish() is { } fault) return Answer(fault);
        if (count is 0 or > MinedMax) return Answer(RpcError.InvalidParams($"invalid argument 0: 1 to {MinedMax} blocks"));
        return MineAsync((uint)count, scope.Cancellation);
    }

    /// <summary>Like ganache and hardhat: one block, whatever the parameter says about its time.</summary>
    private Task<DeferredResult> MineOne(ref ParameterReader parameters, in RequestScope scope)
    {
        parameters.SkipOptional();
        return parameters.Finish() is { } fault ? Answer(fault) : MineAsync(1, scope.Cancellation);
    }

    private Task<DeferredResult> Warp(ref ParameterReader parameters, in RequestScope scope)
    {
        ulong seconds = parameters.ReadNumber();
        if (parameters.Finish() is { } fault) return Answer(fault);
        if (seconds is 0 or > WarpMax) return Answer(RpcError.InvalidParams($"invalid argument 0: 1 to {WarpMax} seconds"));
        return WarpAsync(seconds, scope.Cancellation);
    }

    private Task<DeferredResult> SetTime(ref ParameterReader parameters, in RequestScope scope)
    {
        ulong time = parameters.ReadNumber();
        if (parameters.Finish() is { } fault) return Answer(fault);
        ulong now = (ulong)control.Now;
        if (time > now && time - now <= WarpMax) return WarpAsync(time - now, scope.Cancellation);
        return Answer(RpcError.InvalidParams(
            $"invalid argument 0: the clock shows {now} and only moves forward, by at most {WarpMax} seconds"));
    }

    private async Task<DeferredResult> MineAsync(uint count, CancellationToken cancellation)
    {
        ulong height = await control.MineAsync(count, cancellation);
        return DeferredResult.Ok(json => json.WriteQuantityValue(height));
    }

    private async Task<DeferredResult> WarpAsync(ulong seconds, CancellationToken cancellation)
    {
        long offset = await control.WarpAsync(seconds, cancellation);
        return DeferredResult.Ok(json => json.WriteQuantityValue((ulong)Math.Max(0, offset)));
    }

    /// <summary>Sends a gift from the faucet's account as an ordinary transaction and answers its hash.</summary>
    private RpcError? Faucet(ref ParameterReader parameters, Utf8JsonWriter result, in RequestScope scope)
    {
        Address to = parameters.ReadAddress();
        UInt256 gift = parameters.ReadOptionalWideQuantity() ?? Amount.FromDpn(100).ToUInt256();
        if (parameters.Finish() is { } fault) return fault;
        if (control.FaucetKey is not { } key) return RpcError.Server("this network has no faucet");
        if (gift.IsZero || gift > GiftMax.ToUInt256())
            return RpcError.InvalidParams($"invalid argument 1: more than nothing and at most {GiftMax}");

        UInt256 baseFee = chain.NextBaseFee(chain.Head);
        lock (_faucet)
        {
            // One gift after the other: two must not take the same nonce.
            Transaction transaction = TransactionCodec.Sign(
                new UnsignedTransaction
                {
                    ChainId = chain.Executor.Rules.ChainId,
                    Nonce = chain.Pool.NextNonce(key.Address),
                    MaxFeePerGas = (baseFee * 2) + 1_000_000_000,
                    MaxPriorityFeePerGas = 1_000_000_000,
                    GasLimit = GiftGas,
                    To = to,
                    Value = gift,
                },
                key);
            Admission admission = chain.Pool.Add(transaction, local: true, keep);
            if (!admission.IsAccepted) return EthTransactions.ErrorOf(admission.Rejection);
            result.WriteHashValue(transaction.Hash);
            return null;
        }
    }

    private static Task<DeferredResult> Answer(RpcError error) => Task.FromResult(DeferredResult.Fail(error));
}
