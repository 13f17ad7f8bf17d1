using DePinChain.Blocks;
using DePinChain.Crypto;
using DePinChain.Execution;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using DePinChain.Unit.Tests.Blocks;

namespace DePinChain.Unit.Tests.Execution;

/// <summary>A valid block is changed in one place, and the rule of that place refuses it by name.</summary>
public sealed class BlockValidityTests
{
    private TestChain _chain = null!;
    private Block _block = null!;

    [SetUp]
    public void A_chain_of_one_block_and_a_valid_second_one()
    {
        _chain = TestChain.Start();
        _chain.Produce();
        SignedTransaction call = _chain.Call(Probe.Log);
        _block = _chain.Build(_chain.Inputs(), call).Executed!.Block;
        Assert.That(_chain.Validate(_block).IsValid, Is.True);
    }

    [TearDown]
    public void Close() => _chain.Dispose();

    [Test]
    public void It_follows_its_parent()
    {
        Refused(WithHeader(h => h with { ParentHash = Hash256.Zero }), Rejections.ParentMismatch);
        Refused(WithHeader(h => h with { Number = 3 }), Rejections.ParentMismatch);
    }

    [Test]
    public void Its_timestamp_keeps_the_distance()
    {
        Refused(WithHeader(h => h with { Timestamp = _chain.Head.Timestamp + 11 }), Rejections.TimestampTooEarly);
        Refused(WithHeader(h => h with { Timestamp = _chain.Head.Timestamp - 1 }), Rejections.TimestampTooEarly);
        Refused(WithHeader(h => h with { Timestamp = ulong.MaxValue }), Rejections.StateRootMismatch, isValid: true);
    }

    [Test]
    public void Its_extra_data_is_short() => Refused(WithHeader(h => h with { ExtraData = new byte[33] }), Rejections.ExtraDataTooLong);

    [Test]
    public void Its_gas_limit_and_base_fee_are_the_rules()
    {
        Refused(WithHeader(h => h with { GasLimit = h.GasLimit - 1 }), Rejections.GasLimitRuleBroken);
        Refused(WithHeader(h => h with { BaseFeePerGas = h.BaseFeePerGas + 1 }), Rejections.BaseFeeMismatch);
    }

    [Test]
    public void Its_miner_is_a_validator_and_proves_the_beacon()
    {
        Refused(WithHeader(h => h with { Miner = Address.FromLow(0xbeef) }), Rejections.MinerNotExpected);
        Address other = FixedValidators.SigningKeys.Select(k => k.Address).First(a => a != _block.Header.Miner);
        Refused(WithHeader(h => h with { Miner = other }), Rejections.VrfProofInvalid);
        byte[] foreign = Beacon.Prove(Keys.Number(1), TestChain.ChainId, 2, _chain.Head.MixHash);
        Refused(
            WithPart(p => p with { VrfProof = foreign, Preimage = p.Preimage with { VrfProofHash = ConsensusPart.VrfProofHash(foreign) } }),
            Rejections.VrfProofInvalid);
        Refused(WithPart(p => p with { VrfProof = foreign }), Rejections.VrfProofHashMismatch);
        Refused(WithHeader(h => h with { MixHash = Hash256.Zero }), Rejections.MixHashMismatch);
    }

    [Test]
    public void Its_preimage_is_bound_and_true()
    {
        Hash256 other = Keccak256.Empty;
        Refused(WithHeader(h => h with { ConsensusRoot = other }), Rejections.ConsensusRootMismatch);
        Refused(WithPreimage(p => p with { ValidatorsHash = other }), Rejections.ValidatorsHashMismatch);
        Refused(WithPreimage(p => p with { NextValidatorsHash = other }), Rejections.NextValidatorsHashMismatch);
        Refused(WithPreimage(p => p with { LastCommitHash = other }), Rejections.LastCommitHashMismatch);
        Refused(WithPreimage(p => p with { EvidenceHash = other }), Rejections.EvidenceHashMismatch);
        Refused(WithPreimage(p => p with { ParamsHash = other }), Rejections.ParamsHashMismatch);
        Refused(WithPreimage(p => p with { Epoch = 8 }), Rejections.EpochMismatch);
    }

    [Test]
    public void Its_last_commit_decides_the_parent()
    {
        CommitCertificate commit = _chain.LastCommit!;
        Refused(WithCommit(null), Rejections.LastCommitInvalid);
        Refused(WithCommit(commit with { Height = 2 }), Rejections.LastCommitInvalid);
        Refused(WithCommit(commit with { BlockHash = Keccak256.Empty }), Rejections.LastCommitInvalid);
        Refused(WithCommit(commit with { Bitmap = [0b0011], Seals = [.. commit.Seals.Take(2)] }), Rejections.LastCommitInvalid);
        Refused(WithCommit(commit with { Round = 1 }), Rejections.LastCommitInvalid);

        // Three of four is more than two thirds.
        Refused(
            WithCommit(commit with { Bitmap = [0b0111], Seals = [.. commit.Seals.Take(3)] }), Rejections.StateRootMismatch, isValid: true);
    }

    [Test]
    public void The_first_block_has_no_last_commit()
    {
        using var chain = TestChain.Start();
        ProposalInputs inputs = chain.Inputs() with { LastCommit = _chain.LastCommit };
        Assert.That(chain.Build(inputs).Rejection!.Name, Is.EqualTo(nameof(Rejections.LastCommitInvalid)));
    }

    [Test]
    public void Its_evidence_is_valid_and_new()
    {
        Evidence good = Equivocation(0, height: 1);
        Assert.That(_chain.Build(_chain.Inputs() with { Evidence = [good] }).IsValid, Is.True);
        Refused([Equivocation(0, height: 2)], Rejections.EvidenceInvalid, "not decided yet");
        Refused([good, good], Rejections.EvidenceInvalid, "twice");
        Refused([Equivocation(0, height: 1, stranger: true)], Rejections.EvidenceInvalid, "no seat");
        Vote honest = VoteOf(0, 1, Keccak256.Empty);
        Refused([DuplicateVote.Of(honest, VoteOf(1, 1, Hash256.Zero))], Rejections.EvidenceInvalid, "two signers");
        Evidence[] many = [.. Enumerable.Range(0, 400).Select(_ => good)];
        Refused(many, Rejections.EvidenceTooLarge, "");
    }

    [Test]
    public void Its_roots_and_sums_are_what_execution_comes_to()
    {
        Hash256 other = Keccak256.Empty;
        Refused(WithHeader(h => h with { TransactionsRoot = other }), Rejections.TransactionsRootMismatch);
        Refused(WithHeader(h => h with { GasUsed = h.GasUsed + 1 }), Rejections.GasUsedMismatch);
        Refused(WithHeader(h => h with { LogsBloom = Bloom.Empty }), Rejections.LogsBloomMismatch);
        Refused(WithHeader(h => h with { ReceiptsRoot = other }), Rejections.ReceiptsRootMismatch);
        Refused(WithHeader(h => h with { StateRoot = other }), Rejections.StateRootMismatch);
    }

    [Test]
    public void Its_transactions_apply_in_their_order()
    {
        SignedTransaction first = _chain.Call(Probe.Log);
        SignedTransaction gap = TestChain.Sign(Keys.Number(2), 5, ProbeModule.First);
        Refused(WithTransactions(first.Transaction, gap.Transaction), Rejections.TransactionInvalid, "nonce too high");
        Refused(WithTransactions(first.Transaction, first.Transaction), Rejections.TransactionInvalid, "nonce too low");
        SignedTransaction greedy = TestChain.Sign(Keys.Number(2), 0, ProbeModule.First, f => f with { GasLimit = 16_000_000 });
        SignedTransaction[] greedier = [.. Enumerable.Range(3, 4).Select(i => TestChain.Sign(
            Keys.Number(i), 0, ProbeModule.First, f => f with { GasLimit = 16_000_000,
                Data = ProbeModule.Calls(Probe.Charge, 15_900_000) }))];
        Refused(
            WithTransactions([greedy.Transaction, .. greedier.Select(t => t.Transaction)]), Rejections.TransactionInvalid,
                "gas limit reached");
        SignedTransaction poor = TestChain.Sign(Keys.Number(77), 0, ProbeModule.First);
        Refused(WithTransactions(poor.Transaction), Rejections.TransactionInvalid, "insufficient funds for gas * price + value");
        SignedTransaction cheap = TestChain.Sign(
            Keys.Number(2), 0, ProbeModule.First, f => f with { MaxFeePerGas = 1, MaxPriorityFeePerGas = 0 });
        Refused(WithTransactions(cheap.Transaction), Rejections.TransactionInvalid, "max fee per gas less than block base fee");
        Refused(WithTransactions(Unrecoverable()), Rejections.TransactionInvalid, "invalid sender");
        SignedTransaction foreign = TestChain.Sign(Keys.Number(2), 0, ProbeModule.First, f => f with { ChainId = 1 });
        Refused(WithTransactions(foreign.Transaction), Rejections.TransactionInvalid, "invalid chain id for signer: have 1 want 1337000");
    }

    [Test]
    public void A_system_transaction_stands_in_it_exactly_when_the_start_logged()
    {
        Transaction system = SystemTransaction.Create(TestChain.ChainId, 2, _chain.Head.Hash);
        Refused(WithTransactions([system, .. _block.Transactions]), Rejections.SystemTransactionMismatch);

        using var logging = TestChain.Start((probe, _) => probe.Scope.LogsOf(ProbeModule.First).Emit(default(NativeTransfer)));
        Block block = logging.Build(logging.Inputs()).Executed!.Block;
        Assert.That(block.Transactions.Single().Hash, Is.EqualTo(SystemTransaction.Create(TestChain.ChainId, 1, logging.Head.Hash).Hash));
        Assert.That(logging.Validate(block).IsValid, Is.True);
        Assert.That(Judge(logging, With(block, [])), Is.EqualTo(nameof(Rejections.SystemTransactionMismatch)));
        Transaction wrong = SystemTransaction.Create(TestChain.ChainId, 2, logging.Head.Hash);
        Assert.That(Judge(logging, With(block, [wrong])), Is.EqualTo(nameof(Rejections.SystemTransactionMismatch)));
    }

    [Test]
    public void Who_built_it_is_asked_by_round()
    {
        ConsensusView view = _chain.View;
        Address[] rounds = [.. Enumerable.Range(0, 4).Select(r => view.ProposerAt((uint)r))];
        Assert.That(rounds, Is.EquivalentTo(FixedValidators.SigningKeys.Select(k => k.Address)), "equal power takes turns");
        Assert.That(view.MayHaveBuilt(rounds[2], 1), Is.False);
        Assert.That(view.MayHaveBuilt(rounds[2], 2), Is.True);
        Assert.That(view.MayHaveBuilt(Address.FromLow(0xbeef), uint.MaxValue), Is.False);
    }

    [Test]
    public void Its_transactions_stay_below_their_share_of_its_bytes()
    {
        Transaction[] many = [.. Enumerable.Range(0, 17).Select(i => TestChain.Sign(
            Keys.Number(2),
            (ulong)i,
            Address.FromLow(0xbeef),
            f => f with { Data = new byte[120_000], GasLimit = 1_300_000 }).Transaction)];
        Refused(WithTransactions(many), Rejections.TransactionInvalid, "transaction 16: block is too large");
    }

    // x = 5 is not on the curve, so the signature recovers to no key.
    private static Transaction Unrecoverable()
    {
        var fields = new UnsignedTransaction
        {
            ChainId = TestChain.ChainId,
            Nonce = 0,
            MaxFeePerGas = 10 * TestChain.Gwei,
            GasLimit = 21_000,
            To = ProbeModule.First,
        };
        byte[] raw = TransactionCodec.Encode(fields, new global::DePinChain.Crypto.Signature(Word(5), Word(1), 0));
        Assert.That(TransactionCodec.TryDecode(raw, out Transaction? transaction, out _), Is.True);
        return transaction!;

        static Hash256 Word(ulong value) => ((UInt256)value).ToHash256();
    }

    private static Evidence Equivocation(int validator, ulong height, bool stranger = false) => DuplicateVote.Of(
        VoteOf(validator, height, Keccak256.Empty, stranger), VoteOf(validator, height, Hash256.Zero, stranger));

    private static Vote VoteOf(int validator, ulong height, Hash256 block, bool stranger = false)
    {
        PrivateKey key = stranger ? Keys.Number(1) : FixedValidators.SigningKeys[validator];
        Hash256 digest = ConsensusSignBytes.OfVote(TestChain.ChainId, VoteKind.Prevote, height, 0, -1, block);
        return new Vote(VoteKind.Prevote, height, 0, -1, block, key.Sign(digest));
    }

    private Block WithHeader(Func<BlockHeader, BlockHeader> change) => new(change(_block.Header), _block.Transactions, _block.Consensus);

    private Block WithPart(Func<ConsensusPart, ConsensusPart> change)
    {
        ConsensusPart part = change(_block.Consensus);
        return new Block(_block.Header with { ConsensusRoot = part.Preimage.Root }, _block.Transactions, part);
    }

    private Block WithPreimage(Func<ConsensusPreimage, ConsensusPreimage> change) =>
        WithPart(p => p with { Preimage = change(p.Preimage) });

    private Block WithCommit(CommitCertificate? commit) => WithPart(p => p with
    {
        LastCommit = commit,
        Preimage = p.Preimage with { LastCommitHash = ConsensusPart.LastCommitHash(commit) },
    });

    private Block WithTransactions(params Transaction[] transactions) => With(_block, transactions);

    private static Block With(Block block, Transaction[] transactions)
    {
        Hash256 root = MerkleTrie.RootOf([.. transactions.Select(t => t.Raw.ToArray())]);
        return new Block(block.Header with { TransactionsRoot = root }, transactions, block.Consensus);
    }

    private static string Judge(TestChain chain, Block block) => chain.Validate(block).Rejection?.Name ?? "valid";

    // Where the change makes another valid block, the state root is the first thing that betrays the copied header.
    private void Refused(Block block, Rejection rule, bool isValid = false)
    {
        string found = Judge(_chain, block);
        Assert.That(found, Is.EqualTo(rule.Name).Or.EqualTo(isValid ? "valid" : rule.Name));
    }

    private void Refused(Block block, Rejection rule, string wording)
    {
        Rejection? found = _chain.Validate(block).Rejection;
        Assert.That(found?.Name, Is.EqualTo(rule.Name), found?.Message);
        Assert.That(found!.Message, Does.Contain(wording));
    }

    private void Refused(IReadOnlyList<Evidence> evidence, Rejection rule, string wording)
    {
        Rejection? found = _chain.Build(_chain.Inputs() with { Evidence = evidence }).Rejection;
        Assert.That(found?.Name, Is.EqualTo(rule.Name), found?.Message);
        Assert.That(found!.Message, Does.Contain(wording));
    }
}
