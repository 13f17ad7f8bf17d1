using System.Buffers.Binary;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using DePinChain.Proofs.Arithmetic;
using static DePinChain.Modules.Sdk.Guard;

namespace DePinChain.Modules.Subnets.Inference;

/// <content>
/// Disputes: two parties narrow an answer down to one element of one product, and the chain computes that. An answer of an exact model
/// commits to a trace; its leaf of a position is the hash of the digests of all vectors that went into the position's products or came out.
/// </content>
public sealed partial class InferenceModule
{
    /// <summary>Says that an answer's trace is wrong at a position. Who finds the first position that differs has all before it.</summary>
    /// <param name="call">
    /// Anybody but the miner, with the bond of <see cref="DisputeBond"/>; it follows the base fee, so what is too much comes back.
    /// </param>
    /// <param name="batch">A batch of an exact model.</param>
    /// <param name="index">Which answer of it.</param>
    /// <param name="rest">The answer's hash is keccak256(trace's root ‖ this).</param>
    /// <param name="traceRoot">Root of the answer's trace.</param>
    /// <param name="path">The answer's way to the batch's root.</param>
    /// <param name="position">Which position.</param>
    /// <param name="positions">How many the trace has.</param>
    /// <param name="trace">The position's leaf of the trace.</param>
    /// <param name="tracePath">Its way to the trace's root.</param>
    /// <returns>The dispute's number.</returns>
    [Function, Payable]
    public ulong OpenDispute(
        Call call, ulong batch, uint index, Hash256 rest, Hash256 traceRoot, [Limit(EvidencePath.LengthMax)] Hash256[] path, uint position,
        uint positions, Hash256 trace, [Limit(EvidencePath.LengthMax)] Hash256[] tracePath)
    {
        BatchRecord record = _receipts.GetBatch(batch);
        Require(InferencePolicy.IsExact(_models.Get(record.Model).Spec.Profile), new NotExact(record.Model));
        ulong running = _disputes.Of(batch, index, call.Sender);
        Require(running == 0, new DisputeRuns(batch, index, running));
        MinerRecord miner = _receipts.Get(record.Miner);
        Require(call.Sender != miner.Hotkey, new OwnAnswer());
        Amount bond = DisputeBond(call.Block);
        Require(call.Value >= bond, new WrongValue(bond, call.Value));
        Hash256 answer = _cryptography.Keccak([.. traceRoot.ToArray(), .. rest.ToArray()]);
        bool leads = EvidencePath.TryRoot(answer.ToArray(), index, record.Count, path, _cryptography, out Hash256 root);
        Require(leads && root == record.Root, new OtherAnswer(record.Root, root));
        bool traced = EvidencePath.TryRoot(trace.ToArray(), position, positions, tracePath, _cryptography, out Hash256 found);
        Require(traced && found == traceRoot, new OtherTrace(traceRoot, found));
        ulong until = call.Block.Number + Rules.Value.DisputeBlocks;
        ulong dispute = _disputes.Open(new DisputeRecord(
            record.Miner, call.Sender, batch, index, record.Model, position, trace, DisputeStage.Listing, Serial: 0, until, Layer: 0,
            Projection.Query, bond));
        _receipts.Save(record.Miner, miner with { Open = miner.Open + 1 });
        _bank.Transfer(Address, call.Sender, call.Value - bond);
        _logs.Emit(new DisputeOpened(dispute, miner.Hotkey, call.Sender, batch, index, position, until));
        return dispute;
    }

    /// <summary>Shows the digests of all vectors of the position, eleven a layer.</summary>
    /// <param name="call">The miner, or anybody who has them.</param>
    /// <param name="dispute">The dispute.</param>
    /// <param name="digests">SHA-256 of each vector's singles, little-endian.</param>
    [Function]
    public void ListVectors(Call call, ulong dispute, [Limit(InferencePolicy.VectorsMax)] Hash256[] digests)
    {
        DisputeRecord record = InStage(dispute, DisputeStage.Listing);
        bool isWhole = digests.Length > 0 && digests.Length % InferencePolicy.VectorsPerLayer == 0;
        byte[] list = [.. digests.SelectMany(static digest => digest.ToArray())];
        Require(isWhole && _cryptography.Keccak(list) == record.Trace, new OtherVectors(dispute));
        _disputes.SaveList(dispute, list);
        GoOn(call, dispute, record, DisputeStage.Naming);
    }

    /// <summary>Names a product that is wrong. Of a layer that the miner did not list nothing need be shown.</summary>
    /// <param name="call">The challenger.</param>
    /// <param name="dispute">The dispute.</param>
    /// <param name="layer">The layer.</param>
    /// <param name="product">The product.</param>
    [Function]
    public void NameProduct(Call call, ulong dispute, uint layer, Projection product)
    {
        DisputeRecord record = InStage(dispute, DisputeStage.Naming);
        Require(call.Sender == record.Challenger, new NotTheChallenger(record.Challenger));
        bool isListed = layer < _disputes.LayersOf(dispute);
        DisputeRecord named = record with { Layer = layer, Product = product };
        GoOn(call, dispute, named, isListed ? DisputeStage.Showing : DisputeStage.Proving);
    }

    /// <summary>Shows what went into the named product.</summary>
    /// <param name="call">The miner, or anybody who has it.</param>
    /// <param name="dispute">The dispute.</param>
    /// <param name="input">Its singles, little-endian.</param>
    [Function]
    public void ShowInput(Call call, ulong dispute, [Limit(InferencePolicy.VectorBytesMax)] byte[] input) =>
        Show(call, dispute, ProductSide.Input, input);

    /// <summary>Shows what came out of the named product.</summary>
    /// <param name="call">The miner, or anybody who has it.</param>
    /// <param name="dispute">The dispute.</param>
    /// <param name="output">Its singles, little-endian.</param>
    [Function]
    public void ShowOutput(Call call, ulong dispute, [Limit(InferencePolicy.VectorBytesMax)] byte[] output) =>
        Show(call, dispute, ProductSide.Output, output);

    /// <summary>
    /// Shows one row of the model's weights. The chain computes the element that belongs to it out of what the miner showed: when the
    /// miner's is another one or there is none, the miner loses; when it is the same, the challenger does.
    /// </summary>
    /// <remarks>
    /// The miner answers for the shape of what it listed: a layer or an element that the model has and the list has not, an input of
    /// another length than the model's rows, and what is no number, which the engine never commits to, are as wrong as another number.
    /// </remarks>
    /// <param name="call">The challenger.</param>
    /// <param name="dispute">The dispute.</param>
    /// <param name="element">Which element of the output: the row of the weights.</param>
    /// <param name="row">The row's bytes as the model's file has them.</param>
    /// <param name="leaf">The row's place among all rows of the model.</param>
    /// <param name="leaves">All rows of the model.</param>
    /// <param name="path">The row's way to the model's root.</param>
    /// <returns>True when the miner was wrong.</returns>
    [Function]
    public bool ProveElement(
        Call call, ulong dispute, uint element, [Limit(InferencePolicy.VectorBytesMax)] byte[] row, ulong leaf, ulong leaves,
        [Limit(EvidencePath.LengthMax)] Hash256[] path)
    {
        DisputeRecord record = InStage(dispute, DisputeStage.Proving);
        Require(call.Sender == record.Challenger, new NotTheChallenger(record.Challenger));
        ModelSpec spec = _models.Get(record.Model).Spec;
        Hash256 root = WeightRow.RootOf(
            WeightRow.TensorOf(record.Layer, record.Product), element, row, leaf, leaves, path, _cryptography);
        Require(root == spec.RowsRoot, new OtherRow(spec.RowsRoot, root));
        bool isBrain = spec.Format == WeightFormat.Brain;
        Require(ExactProduct.IsFinite(row, isBrain), new NotFinite());
        uint? claimed = null, right = null;
        if (record.Layer < _disputes.LayersOf(dispute))
        {
            byte[] input = _disputes.ShownOf(dispute, ProductSide.Input);
            call.Meter.Charge(InferencePolicy.GasOfProduct((ulong)input.Length / sizeof(uint)));
            right = FindElement(spec.Profile, input, row, isBrain);
            claimed = FindSingle(_disputes.ShownOf(dispute, ProductSide.Output), element);
        }

        bool isWrong = right is null || claimed != right;
        _logs.Emit(new ElementComputed(
            dispute, element, claimed ?? InferencePolicy.NoNumber, right ?? InferencePolicy.NoNumber));
        if (isWrong) LoseMiner(dispute, record);
        else LoseChallenge(dispute, record);
        return isWrong;
    }

    /// <summary>A dispute that is not over.</summary>
    [Function]
    public DisputeRecord GetDispute(ulong dispute) => _disputes.Get(dispute);

    /// <summary>A challenger's dispute about an answer that is not over; 0 for none.</summary>
    [Function]
    public ulong DisputeOf(ulong batch, uint index, Address challenger) => _disputes.Of(batch, index, challenger);

    /// <summary>How many disputes there ever were; they are numbered from 1.</summary>
    [Function]
    public ulong DisputeCount() => _disputes.Count;

    /// <summary>The digests that the miner listed, eleven a layer; none before it did.</summary>
    [Function]
    public Hash256[] ListedVectors(ulong dispute)
    {
        byte[] list = _disputes.Get(dispute).Stage == DisputeStage.Listing ? [] : _disputes.ListOf(dispute);
        return [.. list.Chunk(Hash256.Size).Select(static digest => new Hash256(digest))];
    }

    /// <summary>Whether the miner has shown a side of the named product: an empty vector is one too.</summary>
    [Function]
    public bool IsShown(ulong dispute, ProductSide side)
    {
        _disputes.Get(dispute);
        return _disputes.IsSideShown(dispute, side);
    }

    /// <summary>A side of the named product as the miner showed it; nothing before it did.</summary>
    [Function]
    public byte[] ShownVector(ulong dispute, ProductSide side) => IsShown(dispute, side) ? _disputes.ShownOf(dispute, side) : [];

    /// <summary>What a dispute puts up in this block: three times the price of the gas of its dearest turn.</summary>
    [Function]
    public Amount DisputeBond(BlockContext block) => block.BaseFee * (3 * InferencePolicy.DisputeGas);

    // Null when the input is not one of this row, or nothing follows from it.
    private static uint? FindElement(ModelProfile profile, byte[] input, byte[] row, bool isBrain)
    {
        if (input.Length % sizeof(uint) != 0 || row.Length != (isBrain ? input.Length / 2 : input.Length)) return null;
        try
        {
            return profile == ModelProfile.ExactInt8
                ? ExactProduct.OfBytes(input, row, isBrain)
                : ExactProduct.OfSingles(input, row, isBrain);
        }
        catch (NotFiniteException)
        {
            return null;
        }
    }

    private static uint? FindSingle(byte[] output, uint element) => element < output.Length / sizeof(uint)
        ? BinaryPrimitives.ReadUInt32LittleEndian(output.AsSpan((int)element * sizeof(uint)))
        : null;

    private void Show(Call call, ulong dispute, ProductSide side, byte[] vector)
    {
        DisputeRecord record = InStage(dispute, DisputeStage.Showing);
        int number = side == ProductSide.Input
            ? WeightRow.InputOf(record.Layer, record.Product)
            : WeightRow.OutputOf(record.Layer, record.Product);
        Hash256 digest = _disputes.DigestOf(dispute, number);
        Require(_cryptography.Sha256(vector) == digest, new OtherVector(digest));
        _disputes.SaveShown(dispute, side, vector);
        if (_disputes.IsAllShown(dispute)) GoOn(call, dispute, record, DisputeStage.Proving);
    }

    private DisputeRecord InStage(ulong dispute, DisputeStage stage)
    {
        DisputeRecord record = _disputes.Get(dispute);
        Require(record.Stage == stage, new OtherTurn(dispute, record.Stage));
        return record;
    }

    private void GoOn(Call call, ulong dispute, DisputeRecord record, DisputeStage stage)
    {
        ulong until = call.Block.Number + Rules.Value.DisputeBlocks;
        _disputes.Next(dispute, record, stage, until);
        _logs.Emit(new DisputeWentOn(dispute, stage, record.Layer, record.Product, until));
    }

    // Whose turn it was has lost.
    private void EndTurn(in DisputeTurn turn)
    {
        if (_disputes.Find(turn.Dispute) is not { } record || record.Serial != turn.Serial) return;
        if (record.Stage is DisputeStage.Listing or DisputeStage.Showing) LoseMiner(turn.Dispute, record);
        else LoseChallenge(turn.Dispute, record);
    }

    private void LoseChallenge(ulong dispute, DisputeRecord record)
    {
        _disputes.Close(dispute, record);
        MinerRecord miner = _receipts.Get(record.Miner);
        _receipts.Save(record.Miner, miner with { Open = miner.Open - 1 });
        _treasury.Burn(Address, record.Bond);
        _logs.Emit(new DisputeFailed(dispute, miner.Hotkey, record.Challenger, record.Bond));
    }

    // The challenger has its bond back and a part of what the miner loses.
    private void LoseMiner(ulong dispute, DisputeRecord record)
    {
        InferenceParameters rules = Rules.Value;
        _disputes.Close(dispute, record);
        MinerRecord miner = _receipts.Get(record.Miner);
        miner = miner with { Open = miner.Open - 1, Failed = miner.Failed + 1 };
        Amount reward = InferencePolicy.PartOf(InferencePolicy.PartOf(miner.Deposit, rules.FaultBps), rules.DisputeRewardBps);
        Amount slashed = Punish(record.Miner, miner, rules.FaultBps, record.Challenger, reward);
        _bank.Transfer(Address, record.Challenger, record.Bond);
        _logs.Emit(new DisputeProven(dispute, miner.Hotkey, record.Challenger, slashed, reward));
    }
}
