using DePinChain.Blocks;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using DePinChain.State;

namespace DePinChain.Execution;

/// <summary>Tries calls on a state without changing it: eth_call, eth_estimateGas, eth_createAccessList.</summary>
/// <remarks>
/// A call runs by the same code as a transaction, so its gas is the transaction's gas: no search is needed for an estimate. Instances
/// hold no
/// state and may be used from several threads, each call with its own <c>state</c>.
/// </remarks>
public sealed class CallSimulator(ChainRules rules, ModuleSet modules)
{
    /// <summary>Gas that eth_call may use when the caller names none or more (reth's default).</summary>
    public const ulong CallGasMax = 50_000_000;

    /// <summary>Runs a call in the context of a block whose state after it is given.</summary>
    public CallResult Call(CallRequest request, BlockHeader header, IStateReader state, IReadOnlyList<AccountPretence>? pretences = null)
    {
        ulong gas = Math.Min(request.GasLimit ?? CallGasMax, CallGasMax);
        return Run(request, gas, header, state, pretences, out _);
    }

    /// <summary>
    /// The least gas limit with which the call, sent as a transaction, succeeds: one less fails. The result's <see
    /// cref="CallResult.GasUsed"/>
    /// is that limit; a call that reverts has no estimate.
    /// </summary>
    public CallResult EstimateGas(
        CallRequest request, BlockHeader header, IStateReader state, IReadOnlyList<AccountPretence>? pretences = null)
    {
        ulong cap = Math.Min(GasSchedule.TransactionGasMax, header.GasLimit);
        ulong gas = Math.Min(request.GasLimit ?? cap, cap);
        if (request.MaxFeePerGas is { IsZero: false } price && request.To is not null)
        {
            // What the sender could pay bounds the limit; geth then says what the allowance was.
            UInt256 balance = BalanceOf(request.From, state, pretences);
            UInt256 available = balance >= request.Value ? balance - request.Value : UInt256.Zero;
            UInt256 affordable = available / price;
            if (affordable < gas) gas = (ulong)affordable;
        }
        CallResult result = Run(request, gas, header, state, pretences, out bool ranOutOfGas);
        bool isShort = ranOutOfGas || result.Rejection?.Code == Rejections.IntrinsicGasTooLow.Code
            || result.Rejection?.Code == Rejections.FloorDataGasTooLow.Code;
        if (!isShort) return result;
        Rejection exceeds = Rejections.GasRequiredExceedsAllowance.With("more gas", $"{gas}");
        return CallResult.Refused(exceeds with { Message = $"{exceeds.Message} ({gas})" });
    }

    /// <summary>The records the call touches as an access list, and the call run with that list.</summary>
    public AccessListResult CreateAccessList(CallRequest request, BlockHeader header, IStateReader state)
    {
        ulong gas = Math.Min(request.GasLimit ?? GasSchedule.TransactionGasMax, GasSchedule.TransactionGasMax);
        ExecutionScope scope = new(rules.ChainId, modules, state);
        CallResult first = Run(scope, request, gas, header, out _);
        if (first.Rejection is not null) return new AccessListResult([], first);
        IReadOnlyList<AccessListEntry> touched = scope.Access.ToAccessList();
        CallRequest listed = request with { AccessList = touched };
        return new AccessListResult(touched, Run(listed, gas, header, state, null, out _));
    }

    private CallResult Run(
        CallRequest request,
        ulong gas,
        BlockHeader header,
        IStateReader state,
        IReadOnlyList<AccountPretence>? pretences,
        out bool ranOutOfGas)
    {
        var scope = new ExecutionScope(rules.ChainId, modules, state);
        foreach (AccountPretence pretence in pretences ?? []) Pretend(scope.Overlay, pretence);
        scope.Journal.Commit();
        return Run(scope, request, gas, header, out ranOutOfGas);
    }

    private CallResult Run(ExecutionScope scope, CallRequest request, ulong gas, BlockHeader header, out bool ranOutOfGas)
    {
        ranOutOfGas = false;
        if (Check(scope, request, gas) is { } rejection) return CallResult.Refused(rejection);
        var host = new ModuleHost(scope, Context(header, scope));
        var message = new Message(
            request.From, request.To.GetValueOrDefault(), request.Value, request.Data, request.AccessList, gas);
        MessageResult result = MessageRunner.Run(host, message);
        ranOutOfGas = result.RanOutOfGas;
        Rejection? outOfGas = ranOutOfGas ? Rejections.OutOfGas.With("more gas", $"{gas}") : null;
        return new CallResult(result.Succeeded, result.ReturnData, result.GasUsed, result.Succeeded ? scope.Logs.Take() : [], outOfGas);
    }

    private static Rejection? Check(ExecutionScope scope, CallRequest request, ulong gas)
    {
        if (request.To is null) return Rejections.ContractCreationNotSupported;
        ulong intrinsic = IntrinsicGas.Of(request.Data.Span, request.AccessList);
        if (gas < intrinsic) return TooLow(Rejections.IntrinsicGasTooLow, gas, intrinsic);
        ulong floor = IntrinsicGas.Floor(request.Data.Span);
        if (gas < floor) return TooLow(Rejections.FloorDataGasTooLow, gas, floor);
        UInt256 balance = scope.Overlay.BalanceOf(request.From);
        return balance >= request.Value ? null
            : Rejections.InsufficientFunds.Explain($"address {request.From} have {balance} want {request.Value}")
                .With($"{request.Value}", $"{balance}");
    }

    private static Rejection TooLow(Rejection rule, ulong gas, ulong needed) =>
        rule.Explain($"gas {gas}, minimum needed {needed}").With($"{needed}", $"{gas}");

    private BlockContext Context(BlockHeader header, ExecutionScope scope) => new()
    {
        ChainId = rules.ChainId,
        Number = header.Number,
        Timestamp = header.Timestamp,
        Proposer = header.Miner,
        ParentHash = header.ParentHash,
        ParentMix = (header.Number == 0 ? null : scope.System.FindMix(header.Number - 1, header.Number)) ?? Hash256.Zero,
        BaseFee = Contexts.AmountOf(header.BaseFeePerGas),
        GasLimit = header.GasLimit,
        Randomness = Contexts.RandomnessOf(rules.ChainId, header.Number, scope),
        Forks = rules.Forks,
    };

    private static void Pretend(StateOverlay overlay, AccountPretence pretence)
    {
        if (pretence.Balance is { } balance) overlay.SetBalance(pretence.Address, balance);
        if (pretence.Nonce is { } nonce) overlay.SetNonce(pretence.Address, nonce);
        foreach ((Hash256 location, ReadOnlyMemory<byte> record) in pretence.Records)
            overlay.SetRecord(pretence.Address, location, record.ToArray());
    }

    private static UInt256 BalanceOf(Address account, IStateReader state, IReadOnlyList<AccountPretence>? pretences)
    {
        UInt256 balance = state.FindAccount(account)?.Balance ?? UInt256.Zero;
        foreach (AccountPretence pretence in pretences ?? [])
            if (pretence.Address == account && pretence.Balance is { } pretended) balance = pretended;
        return balance;
    }
}
