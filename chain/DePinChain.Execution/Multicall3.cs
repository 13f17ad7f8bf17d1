using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Execution;

/// <summary>Multicall3 at its usual address, answered natively: viem and explorers batch their reads through it (mds1/multicall).</summary>
/// <remarks>
/// Inner calls have its address as sender and one level of depth (decision 9). A failed inner call is undone alone. Unlike the
/// contract it refuses value that no inner call forwards, which would be lost.
/// </remarks>
internal sealed class Multicall3(ModuleHost host, Address origin)
{
    /// <summary>Calls in one batch.</summary>
    public const int CallsMax = 1_024;

    private const string CallFailed = "Multicall3: call failed";
    private const string ValueMismatch = "Multicall3: value mismatch";

    public static Address Address { get; } = Address.Parse("0xcA11bde05977b3631167028862bE2a173976CA11");

    public static ModuleDescriptor Descriptor { get; } = new(
        "multicall3", Address, Multicall3Abi.Json, """{"storage":[],"types":{}}""",
        """{"userdoc":{"notice":"Batches calls to modules; answers as the Multicall3 contract does."},"devdoc":{}}""");

    /// <summary>Runs the function that the calldata select.</summary>
    /// <exception cref="Revert">The batch was refused.</exception>
    public byte[] Dispatch(Amount value, ReadOnlySpan<byte> calldata)
    {
        uint selector = Calldata.SelectorOf(calldata);
        if (calldata.Length < Calldata.SelectorSize) throw Calldata.Unknown(calldata);
        try
        {
            var arguments = new AbiReader(calldata[Calldata.SelectorSize..]);
            if (selector == Multicall3Abi.Aggregate3Value) return Aggregate3Value(ref arguments, value);
            if (!value.IsZero) throw Revert.WithReason(ValueMismatch);
            return Batch(selector, ref arguments) ?? View(selector, ref arguments) ?? throw Calldata.Unknown(calldata);
        }
        catch (AbiException malformed)
        {
            throw Calldata.Refuse(malformed);
        }
    }

    private byte[]? Batch(uint selector, ref AbiReader arguments)
    {
        if (selector == Multicall3Abi.Aggregate) return Aggregate(ref arguments);
        if (selector == Multicall3Abi.Aggregate3) return Results(RunAggregate3(ref arguments), []);
        if (selector == Multicall3Abi.BlockAndAggregate) return Results(RunPlain(ref arguments, requireSuccess: true), BlockWords());
        if (selector != Multicall3Abi.TryAggregate && selector != Multicall3Abi.TryBlockAndAggregate) return null;
        bool requireSuccess = arguments.ReadBool();
        return Results(RunPlain(ref arguments, requireSuccess), selector == Multicall3Abi.TryAggregate ? [] : BlockWords());
    }

    private byte[]? View(uint selector, ref AbiReader arguments)
    {
        BlockContext block = host.Block;
        if (selector == Multicall3Abi.GetBlockHash) return Word(BlockHash(arguments.ReadUInt256()).ToUInt256());
        if (selector == Multicall3Abi.GetBlockNumber) return Word(block.Number);
        if (selector == Multicall3Abi.GetCurrentBlockCoinbase) return AddressWord(block.Proposer);
        if (selector == Multicall3Abi.GetCurrentBlockDifficulty) return Word(block.ParentMix.ToUInt256());
        if (selector == Multicall3Abi.GetCurrentBlockGasLimit) return Word(block.GasLimit);
        if (selector == Multicall3Abi.GetCurrentBlockTimestamp) return Word(block.Timestamp);
        if (selector == Multicall3Abi.GetEthBalance) return Word(host.Scope.Bank.BalanceOf(arguments.ReadAddress()).ToUInt256());
        if (selector == Multicall3Abi.GetLastBlockHash) return Word(block.ParentHash.ToUInt256());
        if (selector == Multicall3Abi.GetBasefee) return Word(block.BaseFee.ToUInt256());
        return selector == Multicall3Abi.GetChainId ? Word(block.ChainId) : null;
    }

    // (uint256 blockNumber, bytes[] returnData); any failure reverts.
    private byte[] Aggregate(ref AbiReader arguments)
    {
        List<CallOutcome> outcomes = RunPlain(ref arguments, requireSuccess: true);
        var elements = new AbiWriter(outcomes.Count);
        foreach (CallOutcome outcome in outcomes) elements.WriteBytes(outcome.ReturnData);
        var result = new AbiWriter(headWords: 2);
        result.WriteUInt(host.Block.Number);
        result.WriteArray(outcomes.Count, elements);
        return result.ToArray();
    }

    // (address target, bytes callData)[]
    private List<CallOutcome> RunPlain(ref AbiReader arguments, bool requireSuccess)
    {
        AbiReader calls = arguments.ReadArray(CallsMax, out int count);
        var outcomes = new List<CallOutcome>(count);
        for (int i = 0; i < count; i++)
        {
            AbiReader call = calls.ReadTuple(isDynamic: true, headWords: 2);
            outcomes.Add(RunOne(call.ReadAddress(), Amount.Zero, call.ReadBytes(), allowFailure: !requireSuccess));
        }
        return outcomes;
    }

    // (address target, bool allowFailure, bytes callData)[]
    private List<CallOutcome> RunAggregate3(ref AbiReader arguments)
    {
        AbiReader calls = arguments.ReadArray(CallsMax, out int count);
        var outcomes = new List<CallOutcome>(count);
        for (int i = 0; i < count; i++)
        {
            AbiReader call = calls.ReadTuple(isDynamic: true, headWords: 3);
            Address target = call.ReadAddress();
            bool allowFailure = call.ReadBool();
            outcomes.Add(RunOne(target, Amount.Zero, call.ReadBytes(), allowFailure));
        }
        return outcomes;
    }

    // (address target, bool allowFailure, uint256 value, bytes callData)[]; the values add up to what came.
    private byte[] Aggregate3Value(ref AbiReader arguments, Amount value)
    {
        AbiReader calls = arguments.ReadArray(CallsMax, out int count);
        var outcomes = new List<CallOutcome>(count);
        Amount forwarded = Amount.Zero;
        for (int i = 0; i < count; i++)
        {
            AbiReader call = calls.ReadTuple(isDynamic: true, headWords: 4);
            Address target = call.ReadAddress();
            bool allowFailure = call.ReadBool();
            Amount part = Calldata.AmountOf(call.ReadUInt256());
            forwarded += part;
            outcomes.Add(RunOne(target, part, call.ReadBytes(), allowFailure));
        }
        if (forwarded != value) throw Revert.WithReason(ValueMismatch);
        return Results(outcomes, []);
    }

    private CallOutcome RunOne(Address target, Amount value, ReadOnlySpan<byte> calldata, bool allowFailure)
    {
        CallOutcome outcome = host.InnerCall(origin, target, value, calldata);
        return outcome.Succeeded || allowFailure ? outcome : throw Revert.WithReason(CallFailed);
    }

    // The given words, then (bool success, bytes returnData)[].
    private static byte[] Results(List<CallOutcome> outcomes, ReadOnlySpan<UInt256> first)
    {
        var elements = new AbiWriter(outcomes.Count);
        foreach (CallOutcome outcome in outcomes)
        {
            var element = new AbiWriter(headWords: 2);
            element.WriteBool(outcome.Succeeded);
            element.WriteBytes(outcome.ReturnData);
            elements.WriteTuple(element, isDynamic: true);
        }
        var result = new AbiWriter(first.Length + 1);
        foreach (UInt256 word in first) result.WriteUInt256(word);
        result.WriteArray(outcomes.Count, elements);
        return result.ToArray();
    }

    // blockhash(block.number) is zero in the EVM, and here: the block has none yet.
    private UInt256[] BlockWords() => [host.Block.Number, UInt256.Zero];

    private Hash256 BlockHash(UInt256 height) =>
        (height.FitsUInt64 ? host.Scope.System.FindBlockHash((ulong)height, host.Block.Number) : null) ?? Hash256.Zero;

    private static byte[] Word(UInt256 value)
    {
        byte[] word = new byte[UInt256.Size];
        value.WriteBigEndian(word);
        return word;
    }

    private static byte[] AddressWord(Address address)
    {
        byte[] word = new byte[UInt256.Size];
        address.CopyTo(word.AsSpan(UInt256.Size - Address.Size));
        return word;
    }
}
