using DePinChain.Client;
using DePinChain.Client.Committees;
using DePinChain.Client.Programs;
using DePinChain.Inference.Commitments;
using DePinChain.Inference.Llama;
using DePinChain.Inference.Models;
using DePinChain.Miners.Homes;
using DePinChain.Miners.Links;
using DePinChain.Primitives;

namespace DePinChain.Miners.Receipts;

/// <summary>
/// Commits a miner to its answers: enters with the deposit, puts what was answered into a batch every few blocks, and sends each batch
/// until the chain has it. A start asks the chain first, so that a kill between sending and noting commits to nothing twice.
/// </summary>
internal sealed class ReceiptClerk(
    SubnetChain chain, ReceiptStore store, ArithmeticProfile profile, string folder, Drill drill, ProgramLog log)
{
    private const ulong BatchBlocks = 5;
    private const ulong ReserveBlocks = 50;

    // Beyond the least deposit, for the fees of audits: about a hundred at the lowest base fee.
    private static readonly Amount Reserve = Amount.Parse("0.06");

    private readonly InferenceChain _inference = new(chain);
    private Amount _needed;
    private ulong _lastBatch;
    private ulong _keptBlocks;
    private bool _isTold;
    private volatile bool _isOpen;

    /// <summary>Whether answers are committed to; before, nothing is kept.</summary>
    public bool IsOpen => _isOpen;

    /// <summary>Whether this model's answers have a trace.</summary>
    public bool IsExact => profile != ArithmeticProfile.Tolerant;

    public void Add(AnswerReceipt receipt, IReadOnlyList<Hash256> leaves)
    {
        if (receipt.Answer.Finish != Inference.FinishReason.Stopped) store.Add(receipt, leaves);
    }

    public ReceiptReply? Find(Hash256 root, uint index) => store.Find(root, index);

    /// <summary>Does what is next at a block.</summary>
    public async Task FollowAsync(ulong head, CancellationToken stopping)
    {
        if (!_isOpen && !await PrepareAsync(stopping)) return;
        foreach (BatchNote batch in store.Uncommitted)
        {
            if (!await CoverAsync(stopping)) return;
            if (!await _inference.HasAsync(batch, head, stopping))
            {
                await drill.ReachAsync("batch-written");
                await _inference.CommitAsync(batch, stopping);
                await drill.ReachAsync("batch-landed");
            }

            store.Committed(batch);
            log.Tell("committed to answers", ("root", batch.Root), ("answers", batch.Answers.Length));
        }

        if (head < _lastBatch + BatchBlocks) return;
        _lastBatch = head;
        store.Propose(head);
        if (head > _keptBlocks) store.ForgetBefore(head - _keptBlocks);
    }

    private async Task<bool> PrepareAsync(CancellationToken stopping)
    {
        if (await _inference.ModelAsync(stopping) is not { } model) return false;
        ModelIdentity own = ModelIdentity.Of(folder);
        if (!InferenceChain.IsOf(model.Spec, own, profile))
        {
            if (!_isTold) log.Warn("the chain's model of the subnet is another one: no answer is committed to", ("model", model.Number));
            _isTold = true;
            return false;
        }

        GovernedParameters rules = await chain.ParametersAsync(stopping);
        _needed = rules.Amount("inference", "minerDeposit");
        if (await _inference.DepositAsync(stopping) is null)
        {
            await _inference.EnterAsync(_needed + Reserve, stopping);
            log.Tell("entered", ("model", model.Number), ("deposit", _needed + Reserve));
        }

        if (!await CoverAsync(stopping)) return false;

        // A dispute that is opened in the last block has four turns yet.
        _keptBlocks = rules.Count("inference", "receiptBlocks") + (4 * rules.Count("inference", "disputeBlocks")) + ReserveBlocks;
        return _isOpen = true;
    }

    // Fees of audits are paid out of the deposit and filled up again; what a fault took is for a person to decide about.
    private async Task<bool> CoverAsync(CancellationToken stopping)
    {
        Amount has = await _inference.DepositAsync(stopping) ?? Amount.Zero;
        if (has >= _needed) return true;
        if (has < _needed.MulDiv(9, 10, Rounding.Down))
        {
            if (!_isTold) log.Warn("a fault took a part of the deposit: answers wait until 'inference.enter' fills it", ("has", has));
            _isTold = true;
            return false;
        }

        await _inference.EnterAsync(_needed + Reserve - has, stopping);
        return true;
    }
}
