using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using static DePinChain.Modules.Sdk.Guard;

namespace DePinChain.Modules.Subnets;

/// <content>Evidence: anybody may ask a validator to show one of the checks that its scores rest on.</content>
public sealed partial class SubnetsModule
{
    /// <summary>
    /// Asks a validator for one leaf of the evidence of its last weights. Shown, the deposit is the validator's; not shown in time, it
    /// comes back and the validator's word counts for nothing in the epoch.
    /// </summary>
    /// <param name="call">Anybody, with the deposit.</param>
    /// <param name="netuid">The subnet.</param>
    /// <param name="uid">The validator's place.</param>
    /// <param name="leaf">Which leaf; a validator that has fewer shows how many it has.</param>
    /// <returns>The challenge's number.</returns>
    [Function, Payable]
    public ulong ChallengeEvidence(Call call, uint netuid, uint uid, ulong leaf)
    {
        SubnetRecord subnet = _registry.Get(netuid);
        Require(uid < subnet.Uids, new UnknownUid(uid));
        Address validator = _registry.Neuron(netuid, uid).Hotkey;
        bool has = _evidence.TryGetRoot(netuid, uid, out EvidenceRecord evidence) && evidence.Validator == validator
            && !evidence.Root.IsZero;
        SubnetRules rules = _registry.RulesOf(netuid);
        ulong now = call.Block.Number;
        ulong until = evidence.ShownAt + SubnetsPolicy.ChallengeableBlocks(rules.Tempo);
        Require(has, new NoEvidence(netuid, uid));
        Require(now <= until, new EvidenceTooOld(until));
        Require(call.Value == SubnetsPolicy.ChallengeDeposit, new WrongDeposit(SubnetsPolicy.ChallengeDeposit, call.Value));
        ulong open = _evidence.OpenOf(netuid, validator);
        Require(open == 0, new ChallengeOpen(open));
        ulong endsAt = now + SubnetsPolicy.AnswerBlocks(rules.Tempo);
        ulong id = _evidence.Add(new ChallengeRecord(
            netuid, validator, call.Sender, evidence.Root, evidence.Epoch, leaf, endsAt, call.Value));
        _logs.Emit(new EvidenceChallenged(netuid, validator, id, evidence.Epoch, leaf, endsAt));
        return id;
    }

    /// <summary>Shows the leaf that was asked for, with its way to the root. A leaf about an answer has its miner's signature.</summary>
    /// <param name="call">Anybody who has the leaf; the challenger's deposit is the validator's.</param>
    /// <param name="challenge">The challenge's number.</param>
    /// <param name="leaf">The leaf; see the module's README for its bytes.</param>
    /// <param name="index">Its place: the one that was asked for, or any, when there are not as many.</param>
    /// <param name="count">Leaves there are.</param>
    /// <param name="path">Its neighbours from the bottom up.</param>
    [Function]
    public void OpenEvidence(
        Call call, ulong challenge, [Limit(EvidencePath.LeafSize)] byte[] leaf, ulong index, ulong count,
        [Limit(EvidencePath.LengthMax)] Hash256[] path)
    {
        ChallengeRecord open = _evidence.Get(challenge);
        Require(index == open.Leaf || open.Leaf >= count, new OtherLeaf(open.Leaf, index));
        bool leads = EvidencePath.TryRoot(leaf, index, count, path, _cryptography, out Hash256 root) && root == open.Root;
        Require(leads, new EvidenceMismatch(open.Root, root));
        bool sound = EvidencePath.IsSound(leaf, _cryptography) && EvidencePath.EpochOf(leaf) == open.Epoch;
        Require(sound, new UnsoundEvidence(challenge));
        _evidence.TryEnd(challenge, out _);
        _bank.Transfer(Address, open.Validator, open.Deposit);
        _logs.Emit(new EvidenceOpened((uint)open.Netuid, open.Validator, challenge));
    }

    /// <summary>A challenge that waits for its answer.</summary>
    /// <param name="challenge">Its number.</param>
    [Function]
    public ChallengeRecord Challenge(ulong challenge) => _evidence.Get(challenge);

    /// <summary>What a validator's last weights rest on.</summary>
    /// <param name="netuid">The subnet.</param>
    /// <param name="uid">The validator's place.</param>
    [Function]
    public EvidenceRecord Evidence(uint netuid, uint uid)
    {
        Require(_evidence.TryGetRoot(netuid, uid, out EvidenceRecord evidence), new NoEvidence(netuid, uid));
        return evidence;
    }

    /// <summary>
    /// The last epoch's shares, uid by uid, in parts of 2^32: what a neuron was paid is floor(incentive · miners' part / 2^32) and
    /// floor(dividends · validators' part / 2^32).
    /// </summary>
    /// <param name="netuid">The subnet.</param>
    [Function]
    public ShareReport[] Shares(uint netuid)
    {
        _registry.Get(netuid);
        return _registry.SharesOf(netuid);
    }

    /// <summary>
    /// Runs a subnet's epoch on this state as if it were due in a block, and changes nothing: asked of the block before an epoch, it gives
    /// that epoch's own numbers.
    /// </summary>
    /// <param name="netuid">The subnet.</param>
    /// <param name="block">The block.</param>
    [Function]
    public TrialReport[] TryEpoch(uint netuid, ulong block) => _epochs.Try(netuid, block);

    // Not shown in time: the deposit goes back, and the validator counts for nothing in the epoch that runs next.
    private void ExpireChallenge(ulong id)
    {
        if (!_evidence.TryEnd(id, out ChallengeRecord lost)) return;
        _bank.Transfer(Address, lost.Challenger, lost.Deposit);
        if (!_registry.TryGet(lost.Netuid, out SubnetRecord subnet)) return;
        _evidence.Silence(lost.Netuid, lost.Validator, subnet.EpochIndex);
        _logs.Emit(new EvidenceNotShown((uint)lost.Netuid, lost.Validator, id));
    }
}
