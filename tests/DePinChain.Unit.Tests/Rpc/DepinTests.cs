using System.Text.Json;
using DePinChain.Blocks;
using DePinChain.Crypto;
using DePinChain.Primitives;
using DePinChain.Unit.Tests.Blocks;
using DePinChain.Unit.Tests.Execution;
using static DePinChain.Unit.Tests.Rpc.RpcChain;

namespace DePinChain.Unit.Tests.Rpc;

/// <summary>depin_, dev_ and admin_.</summary>
public sealed class DepinTests
{
    private RpcChain _chain = null!; // set before the tests

    [OneTimeSetUp]
    public async Task Start()
    {
        _chain = await StartAsync();
        for (int i = 0; i < 3; i++) _chain.Produce();
    }

    [OneTimeTearDown]
    public async Task Stop() => await _chain.DisposeAsync();

    [TestCase("\"0x2\"")]
    [TestCase("2")]
    public async Task A_commit_verifies_and_the_tips_is_not_canonical_yet(string height)
    {
        JsonElement json = await _chain.CallAsync("depin_getCommit", $"[{height}]");
        Assert.That(json.GetProperty("canonical").GetBoolean(), Is.True);
        var commit = new CommitCertificate(
            Convert.ToUInt64(json.GetProperty("height").GetString(), 16),
            Convert.ToUInt32(json.GetProperty("round").GetString(), 16),
            Hash256.Parse(json.GetProperty("blockHash").GetString()!),
            Hex.Decode(json.GetProperty("bitmap").GetString()!),
            [.. json.GetProperty("seals").EnumerateArray().Select(seal => new Signature(Hex.Decode(seal.GetString()!)))]);
        var set = new ValidatorSet(FixedValidators.SigningKeys.Select(key => new Validator(key.Address, 10)));
        Assert.That(commit.TryVerify(ChainId, set, out string? why), Is.True, why);
        Assert.That((await _chain.CallAsync("depin_getCommit")).GetProperty("canonical").GetBoolean(), Is.False);
    }

    [Test]
    public async Task Votes_of_a_height_that_took_several_rounds_are_given_as_they_are_kept()
    {
        var set = new ValidatorSet(FixedValidators.SigningKeys.Select(key => new Validator(key.Address, 10)));
        _chain.Status.Votes = new VoteRecord(ChainId, 2, set, []);
        Assert.That(await _chain.TextAsync("depin_getVoteRecord"), Is.EqualTo(Hex.Encode(_chain.Status.Votes.Encode())));
        Assert.That(await _chain.TextAsync("depin_getVoteRecord", "[2]"), Does.StartWith("0x"));
        Assert.That((await _chain.CallAsync("depin_getVoteRecord", "[1]")).ValueKind, Is.EqualTo(JsonValueKind.Null));
        Assert.That((await _chain.CallAsync("depin_getVoteRecords")).GetRawText(), Is.EqualTo("[\"0x2\"]"));
    }

    [Test]
    public async Task A_light_block_binds_header_preimage_set_and_commit()
    {
        JsonElement light = await _chain.CallAsync("depin_getLightBlock", "[\"0x2\"]");
        byte[] header = Hex.Decode(light.GetProperty("header").GetString()!);
        byte[] preimage = Hex.Decode(light.GetProperty("preimage").GetString()!);
        Assert.That(Keccak256.Hash(header).ToString(), Is.EqualTo(light.GetProperty("commit").GetProperty("blockHash").GetString()));
        Assert.That(BlockHeader.TryDecode(header, out BlockHeader? decoded, out _), Is.True);
        Assert.That(Keccak256.Hash(preimage), Is.EqualTo(decoded!.ConsensusRoot));
        var set = new ValidatorSet(light.GetProperty("validators").EnumerateArray().Select(validator => new Validator(
            Address.Parse(validator.GetProperty("address").GetString()!),
            Convert.ToUInt64(validator.GetProperty("power").GetString(), 16))));
        Assert.That(ConsensusPreimage.TryDecode(preimage, out ConsensusPreimage? words), Is.True);
        Assert.That(set.Hash, Is.EqualTo(words!.ValidatorsHash));
    }

    [Test]
    public async Task A_commit_proof_has_the_contracts_arguments()
    {
        JsonElement proof = await _chain.CallAsync("depin_getCommitProof", "[\"0x1\"]");
        Assert.That(proof.GetProperty("bitmap").GetString(), Is.EqualTo("0xf"), "four of four");
        Assert.That(proof.GetProperty("seals").GetString(), Has.Length.EqualTo(2 + (4 * 130)));
        Assert.That(proof.GetProperty("round").GetString(), Is.EqualTo("0x0"));
    }

    [Test]
    public async Task Validators_and_proposers_are_those_of_the_height()
    {
        JsonElement set = await _chain.CallAsync("depin_getValidators", "[\"0x1\"]");
        Assert.That(set.GetProperty("validators").GetArrayLength(), Is.EqualTo(4));
        Assert.That(set.GetProperty("totalPower").GetString(), Is.EqualTo("0x28"));
        for (ulong height = 1; height <= 3; height++)
        {
            string miner = Hex.Encode(_chain.Archive.FindHeader(height)!.Miner.ToArray());
            Assert.That(await _chain.TextAsync("depin_getProposer", $"[{height}]"), Is.EqualTo(miner));
        }

        Assert.That(await _chain.TextAsync("depin_getProposer", "[1,1]"), Is.EqualTo(await _chain.TextAsync("depin_getProposer", "[2,0]")));
        Assert.That(await _chain.TextAsync("depin_getProposer", "[4,0]"), Has.Length.EqualTo(42), "the height being decided");
        Assert.That((await _chain.CallAsync("depin_getProposer", "[99,0]")).ValueKind, Is.EqualTo(JsonValueKind.Null));
        Assert.That((await _chain.FailAsync("depin_getProposer", "[1,1000000]")).Code, Is.EqualTo(-32602));
    }

    [Test]
    public async Task Consensus_randomness_and_evidence_are_told()
    {
        JsonElement state = await _chain.CallAsync("depin_getConsensusState");
        Assert.That(state.GetProperty("step").GetString(), Is.EqualTo("prevote"));
        Assert.That(state.GetProperty("lockedRound").GetInt32(), Is.EqualTo(-1));
        Assert.That(await _chain.TextAsync("depin_getRandomness", "[2]"), Is.EqualTo(_chain.Archive.FindHeader(2)!.MixHash.ToString()));
        Assert.That((await _chain.CallAsync("depin_getEvidence")).GetArrayLength(), Is.Zero);
        Assert.That((await _chain.CallAsync("depin_getEvidence", "[1]")).GetArrayLength(), Is.Zero);
    }

    [Test]
    public async Task Modules_publish_their_ABI_as_JSON()
    {
        JsonElement[] modules = [.. (await _chain.CallAsync("depin_getModules")).EnumerateArray()];
        JsonElement emission = modules.Single(module => module.GetProperty("name").GetString() == "emission");
        Assert.That(emission.GetProperty("abi").ValueKind, Is.EqualTo(JsonValueKind.Array));
        Assert.That(emission.GetProperty("address").GetString(), Is.EqualTo("0x0000000000000000000000000000000000001004"));
        Assert.That(modules.Select(module => module.GetProperty("name").GetString()), Has.Member("staking"));
    }

    [Test]
    public async Task A_short_cut_is_the_modules_own_view_with_its_names()
    {
        JsonElement supply = await _chain.CallAsync("depin_getSupply");
        Assert.That(supply.GetProperty("total").GetString(), Is.EqualTo("0x2328")); // 9,000
        Assert.That(supply.GetProperty("holder").GetString(), Is.EqualTo(Hex.Encode(Alice.Address.ToArray())));
        Assert.That(supply.GetProperty("parts").EnumerateArray().Select(part => part.GetString()), Is.EqualTo(new[] { "0x1", "0x2" }));
        Assert.That((await _chain.FailAsync("depin_getEpoch")).Message, Is.EqualTo("this network has no view staking.epochInfo"));
        Assert.That((await _chain.CallAsync("depin_getParams")).ValueKind, Is.EqualTo(JsonValueKind.Array));
    }

    [Test]
    public async Task The_error_catalogue_is_complete()
    {
        JsonElement[] errors = [.. (await _chain.CallAsync("depin_getErrors")).EnumerateArray()];
        Assert.That(errors, Has.Length.EqualTo(Rejections.All.Count));
        JsonElement funds = errors.Single(error => error.GetProperty("code").GetInt32() == Rejections.InsufficientFunds.Code);
        Assert.That(funds.GetProperty("name").GetString(), Is.EqualTo("InsufficientFunds"));
        Assert.That(funds.GetProperty("hint").GetString(), Is.Not.Empty);
    }

    [Test]
    public async Task A_signed_message_is_verified_and_a_foreign_one_is_not()
    {
        byte[] message = "sign in to DePinChain"u8.ToArray();
        byte[] seal = Alice.Sign(PersonalMessage.Hash(message)).ToArray();
        seal[^1] += 27; // as wallets write it
        string parameters = $"\"{Hex.Encode(message)}\",\"{Hex.Encode(seal)}\"";
        Assert.That((await _chain.CallAsync("depin_verifyMessage", $"[\"{Alice.Address}\",{parameters}]")).GetBoolean(), Is.True);
        Assert.That((await _chain.CallAsync("depin_verifyMessage", $"[\"{Bob.Address}\",{parameters}]")).GetBoolean(), Is.False);
        Assert.That((await _chain.CallAsync("depin_verifyMessage", $"[\"{Bob.Address}\",\"0x\",\"0x01\"]")).GetBoolean(), Is.False);
    }

    [Test]
    public async Task The_network_is_described()
    {
        JsonElement network = await _chain.CallAsync("depin_getNetwork");
        Assert.That(network.GetProperty("symbol").GetString(), Is.EqualTo("DPN"));
        Assert.That(network.GetProperty("development").GetBoolean(), Is.True);
        Assert.That(network.GetProperty("genesisHash").GetString(), Is.EqualTo(_chain.Archive.FindHeader(0)!.Hash.ToString()));
    }

    [Test]
    public async Task Development_calls_reach_the_node()
    {
        Assert.That(await _chain.TextAsync("dev_mine", "[\"0xa\"]"), Is.EqualTo("0x6e")); // the fake says 100 + 10
        Assert.That(await _chain.TextAsync("evm_mine"), Is.EqualTo("0x65"));
        Assert.That(_chain.Control.Mined, Is.EqualTo(11));
        Assert.That(await _chain.TextAsync("dev_warp", "[\"0xe10\"]"), Is.EqualTo("0xe10"));
        Assert.That(await _chain.TextAsync("dev_setTime", "[1800000060]"), Is.EqualTo("0xe4c"), "60 s ahead of the fake's clock");
        Assert.That((await _chain.FailAsync("dev_setTime", "[1700000000]")).Message, Does.Contain("only moves forward"));
        Assert.That((await _chain.FailAsync("dev_mine", "[0]")).Code, Is.EqualTo(-32602));
        Assert.That((await _chain.CallAsync("admin_peers")).GetArrayLength(), Is.EqualTo(1));
        Assert.That((await _chain.CallAsync("admin_nodeInfo")).GetProperty("id").GetString(), Is.EqualTo("peer-0"));
        Assert.That((await _chain.CallAsync("admin_stop")).GetBoolean(), Is.True);
        Assert.That(_chain.Control.IsStopped, Is.True);
    }

    [Test]
    public async Task The_faucet_sends_an_ordinary_transaction()
    {
        Assert.That((await _chain.FailAsync("dev_faucet", $"[\"{Bob.Address}\"]")).Message, Is.EqualTo("this network has no faucet"));
        _chain.Status.FaucetKey = Keys.Number(9);
        Hash256 hash = Hash256.Parse((await _chain.TextAsync("dev_faucet", $"[\"{Bob.Address}\",\"0xde0b6b3a7640000\"]"))!);
        Hash256 second = Hash256.Parse((await _chain.TextAsync("dev_faucet", $"[\"{Bob.Address}\"]"))!);
        Block block = _chain.Produce();
        Assert.That(block.Transactions.Select(transaction => transaction.Hash), Is.SupersetOf(new[] { hash, second }));
        Assert.That(block.Transactions.Single(transaction => transaction.Hash == hash).Value, Is.EqualTo(Amount.One.ToUInt256()));
        Assert.That((await _chain.FailAsync("dev_faucet", $"[\"{Bob.Address}\",\"0xffffffffffffffffffffffff\"]")).Code, Is.EqualTo(-32602));
    }
}
