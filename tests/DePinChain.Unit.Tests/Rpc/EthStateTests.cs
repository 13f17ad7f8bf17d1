using System.Text.Json;
using DePinChain.Blocks;
using DePinChain.Primitives;
using DePinChain.State;
using DePinChain.Unit.Tests.Execution;
using static DePinChain.Unit.Tests.Rpc.RpcChain;

namespace DePinChain.Unit.Tests.Rpc;

/// <summary>Accounts, storage, proofs and calls.</summary>
public sealed class EthStateTests
{
    private const string Nobody = "0x00000000000000000000000000000000deadbeef";

    private static readonly string Probed = ProbeModule.First.ToString();

    private RpcChain _chain = null!; // set before the tests

    [OneTimeSetUp]
    public async Task Start()
    {
        // Block 1: slot 1 holds a word, slot 2 a record of 40 bytes. Blocks 2 to 5 let Bob receive 1 wei each.
        _chain = await StartAsync(stateOptions: new StateOptions { HistoryBlocks = 4, ProofBlocks = 2 });
        _chain.Produce(Probe(0, Execution.Probe.Write, 1, 2, 0xab), Probe(1, Execution.Probe.Write, 2, 40, 7));
        for (ulong nonce = 2; nonce < 6; nonce++) _chain.Produce(Sign(Alice, nonce));
    }

    [OneTimeTearDown]
    public async Task Stop() => await _chain.DisposeAsync();

    [Test]
    public async Task Balances_are_quantities_at_each_block()
    {
        // Bob began with 1,000 DPN = 0x3635c9adc5dea00000 wei and got 1 wei in each of the blocks 2 to 5.
        Assert.That(await _chain.TextAsync("eth_getBalance", $"[\"{Bob.Address}\",\"latest\"]"), Is.EqualTo("0x3635c9adc5dea00004"));
        Assert.That(await _chain.TextAsync("eth_getBalance", $"[\"{Bob.Address}\",\"0x3\"]"), Is.EqualTo("0x3635c9adc5dea00002"));
        Assert.That(await _chain.TextAsync("eth_getBalance", $"[\"{Bob.Address}\"]"), Is.EqualTo("0x3635c9adc5dea00004"));
        Assert.That(await _chain.TextAsync("eth_getBalance", $"[\"{Nobody}\",\"latest\"]"), Is.EqualTo("0x0"));
    }

    [Test]
    public async Task A_block_is_named_by_tag_height_hash_or_object()
    {
        string hash = _chain.Archive.FindHeader(4)!.Hash.ToString();
        string at4 = (await _chain.TextAsync("eth_getBalance", $"[\"{Bob.Address}\",\"0x4\"]"))!;
        foreach (string block in new[]
        {
            $"\"{hash}\"",
            $"{{\"blockHash\":\"{hash}\"}}",
            $"{{\"blockHash\":\"{hash}\",\"requireCanonical\":true}}",
            "{\"blockNumber\":\"0x4\"}",
        })
        {
            Assert.That(await _chain.TextAsync("eth_getBalance", $"[\"{Bob.Address}\",{block}]"), Is.EqualTo(at4), block);
        }

        string latest = (await _chain.TextAsync("eth_getBalance", $"[\"{Bob.Address}\",\"latest\"]"))!;
        foreach (string tag in new[] { "safe", "finalized", "pending" })
            Assert.That(await _chain.TextAsync("eth_getBalance", $"[\"{Bob.Address}\",\"{tag}\"]"), Is.EqualTo(latest), tag);
    }

    [Test]
    public async Task State_that_is_not_kept_names_the_first_height_that_is()
    {
        (int code, string message, _) = await _chain.FailAsync("eth_getBalance", $"[\"{Bob.Address}\",\"earliest\"]");
        Assert.That(code, Is.EqualTo(-32000));
        Assert.That(message, Does.StartWith("historical state not available: the first height kept is 1"));
        (code, message, _) = await _chain.FailAsync("eth_getProof", $"[\"{Bob.Address}\",[],\"0x2\"]");
        Assert.That(code, Is.EqualTo(-32000));
        Assert.That(message, Does.StartWith("historical state not available"));
    }

    [Test]
    public async Task State_of_the_future_or_of_no_block_is_an_error()
    {
        Assert.That((await _chain.FailAsync("eth_getBalance", $"[\"{Bob.Address}\",\"0x100\"]")).Message, Is.EqualTo("header not found"));
        (_, string message, _) = await _chain.FailAsync("eth_call", $"[{{\"to\":\"{Nobody}\"}},\"{Hash256.Zero}\"]");
        Assert.That(message, Is.EqualTo("header for hash not found"));
    }

    [Test]
    public async Task A_module_account_has_code_and_others_have_none()
    {
        Assert.That(await _chain.TextAsync("eth_getCode", $"[\"{Probed}\",\"latest\"]"), Is.EqualTo("0x60006000fd"));
        Assert.That(await _chain.TextAsync("eth_getCode", $"[\"{Bob.Address}\",\"latest\"]"), Is.EqualTo("0x"));
        Assert.That(await _chain.TextAsync("eth_getTransactionCount", $"[\"{Probed}\",\"latest\"]"), Is.EqualTo("0x1"));
    }

    [Test]
    public async Task Storage_shows_words_padded_and_the_hash_of_longer_records()
    {
        string word = (await _chain.TextAsync("eth_getStorageAt", $"[\"{Probed}\",\"0x1\",\"latest\"]"))!;
        Assert.That(word, Is.EqualTo("0x" + new string('0', 60) + "abab"));
        Hash256 hash = Keccak256.Hash(Enumerable.Repeat((byte)7, 40).ToArray());
        string two = ((UInt256)2).ToHash256().ToString();
        Assert.That(await _chain.TextAsync("eth_getStorageAt", $"[\"{Probed}\",\"{two}\"]"), Is.EqualTo(hash.ToString()));
        Assert.That(await _chain.TextAsync("eth_getStorageAt", $"[\"{Probed}\",\"0x9\",\"latest\"]"), Is.EqualTo(Hash256.Zero.ToString()));
    }

    [Test]
    public async Task A_proof_verifies_against_the_state_root_and_echoes_its_keys()
    {
        string padded = ((UInt256)2).ToHash256().ToString();
        JsonElement proof = await _chain.CallAsync("eth_getProof", $"[\"{Probed}\",[\"0x1\",\"{padded}\"],\"latest\"]");
        JsonElement word = proof.GetProperty("storageProof")[0], record = proof.GetProperty("storageProof")[1];
        Assert.That(word.GetProperty("key").GetString(), Is.EqualTo("0x1"));
        Assert.That(word.GetProperty("value").GetString(), Is.EqualTo("0xabab"));
        Assert.That(record.GetProperty("key").GetString(), Is.EqualTo(padded));
        Assert.That(record.GetProperty("value").GetString(), Is.EqualTo("0x" + string.Concat(Enumerable.Repeat("07", 40))));

        List<byte[]> nodes = [.. proof.GetProperty("accountProof").EnumerateArray().Select(node => Hex.Decode(node.GetString()!))];
        Hash256 path = Keccak256.Hash(ProbeModule.First.ToArray());
        Assert.That(ProofVerifier.TryVerify(_chain.Head.StateRoot, path, nodes, out byte[]? leaf), Is.True);
        Assert.That(leaf, Is.Not.Empty);
        Assert.That(proof.GetProperty("codeHash").GetString(), Is.EqualTo(Keccak256.Hash(Hex.Decode("0x60006000fd")).ToString()));
    }

    [Test]
    public async Task An_absent_account_has_a_proof_of_exclusion_with_the_empty_hashes()
    {
        JsonElement proof = await _chain.CallAsync("eth_getProof", $"[\"{Nobody}\",[\"0x0\"],\"latest\"]");
        Assert.That(
            proof.GetProperty("codeHash").GetString(),
            Is.EqualTo("0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"));
        Assert.That(
            proof.GetProperty("storageHash").GetString(),
            Is.EqualTo("0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421"));
        Assert.That(proof.GetProperty("balance").GetString(), Is.EqualTo("0x0"));
        List<byte[]> nodes = [.. proof.GetProperty("accountProof").EnumerateArray().Select(node => Hex.Decode(node.GetString()!))];
        Assert.That(ProofVerifier.TryVerify(_chain.Head.StateRoot, Keccak256.Hash(Hex.Decode(Nobody)), nodes, out byte[]? leaf), Is.True);
        Assert.That(leaf, Is.Null.Or.Empty);
    }

    [Test]
    public async Task A_call_to_an_account_without_code_returns_nothing() =>
        Assert.That(await _chain.TextAsync("eth_call", $"[{{\"to\":\"{Nobody}\",\"data\":\"0x01020304\"}},\"latest\"]"), Is.EqualTo("0x"));

    [Test]
    public async Task A_call_returns_what_the_module_returns()
    {
        string data = Hex.Encode(ProbeModule.Calls(Execution.Probe.Read, 1));
        Assert.That(await _chain.TextAsync("eth_call", $"[{{\"to\":\"{Probed}\",\"input\":\"{data}\"}},\"latest\"]"), Is.EqualTo("0xabab"));
    }

    [TestCase("eth_call")]
    [TestCase("eth_estimateGas")]
    public async Task A_revert_has_code_3_its_reason_and_its_bytes(string method)
    {
        string reason = Hex.Encode(ProbeModule.Calls(Execution.Probe.Throw, 0));
        (int code, string message, JsonElement error) = await _chain.FailAsync(method, $"[{{\"to\":\"{Probed}\",\"data\":\"{reason}\"}}]");
        Assert.That(code, Is.EqualTo(3));
        Assert.That(message, Is.EqualTo("execution reverted: told so"));
        Assert.That(error.GetProperty("data").GetString(), Does.StartWith("0x08c379a0"));
    }

    [Test]
    public async Task A_panic_is_named_and_a_custom_error_is_not()
    {
        string overflow = Hex.Encode(ProbeModule.Calls(Execution.Probe.Throw, 1));
        string call = $"[{{\"to\":\"{Probed}\",\"data\":\"{overflow}\"}}]";
        (int code, string message, JsonElement error) = await _chain.FailAsync("eth_call", call);
        Assert.That(code, Is.EqualTo(3));
        Assert.That(message, Is.EqualTo("execution reverted: arithmetic underflow or overflow"));
        Assert.That(error.GetProperty("data").GetString(), Does.StartWith("0x4e487b71").And.EndsWith("11"));

        (code, message, error) = await _chain.FailAsync("eth_call", $"[{{\"to\":\"{Probed}\",\"data\":\"0xffffffff\"}}]");
        Assert.That(code, Is.EqualTo(3));
        Assert.That(message, Is.EqualTo("execution reverted"));
        Assert.That(error.GetProperty("data").GetString(), Has.Length.GreaterThanOrEqualTo(10));
    }

    [Test]
    public async Task A_transfer_is_estimated_exactly_and_a_call_is_enough_and_not_more()
    {
        string transfer = $"{{\"from\":\"{Alice.Address}\",\"to\":\"{Bob.Address}\",\"value\":\"0x1\"}}";
        Assert.That(await _chain.TextAsync("eth_estimateGas", $"[{transfer}]"), Is.EqualTo("0x5208"));

        string data = Hex.Encode(ProbeModule.Calls(Execution.Probe.Write, 3, 8, 1));
        ulong gas = Convert.ToUInt64(await _chain.TextAsync("eth_estimateGas", $"[{{\"to\":\"{Probed}\",\"data\":\"{data}\"}}]"), 16);
        Assert.That(gas, Is.GreaterThan(21_000));
        string enough = $"{{\"to\":\"{Probed}\",\"data\":\"{data}\",\"gas\":\"{Hex.Quantity(gas)}\"}}";
        Assert.That(await _chain.TextAsync("eth_call", $"[{enough}]"), Is.EqualTo("0x"));
        string tooLittle = $"{{\"to\":\"{Probed}\",\"data\":\"{data}\",\"gas\":\"{Hex.Quantity(gas - 1)}\"}}";
        Assert.That((await _chain.FailAsync("eth_call", $"[{tooLittle}]")).Code, Is.EqualTo(-32000));
    }

    [Test]
    public async Task Fees_bound_an_estimate_by_the_balance_and_their_absence_does_not()
    {
        // Nobody has no coin: without fees the estimate does not look at the balance.
        string free = $"{{\"from\":\"{Nobody}\",\"to\":\"{Bob.Address}\"}}";
        Assert.That(await _chain.TextAsync("eth_estimateGas", $"[{free}]"), Is.EqualTo("0x5208"));
        string priced = $"{{\"from\":\"{Nobody}\",\"to\":\"{Bob.Address}\",\"gasPrice\":\"0x3b9aca00\"}}";
        Assert.That((await _chain.FailAsync("eth_estimateGas", $"[{priced}]")).Message, Does.StartWith("gas required exceeds allowance"));
    }

    [Test]
    public async Task Overrides_change_what_a_call_sees_and_nothing_else()
    {
        string data = Hex.Encode(ProbeModule.Calls(Execution.Probe.Read, 1));
        string word = ((UInt256)0xc0ffee).ToHash256().ToString();
        string slot = ((UInt256)1).ToHash256().ToString();
        string overrides = $"{{\"{Probed}\":{{\"stateDiff\":{{\"{slot}\":\"{word}\"}} }} }}";
        string call = $"{{\"to\":\"{Probed}\",\"data\":\"{data}\"}}";
        Assert.That(await _chain.TextAsync("eth_call", $"[{call},\"latest\",{overrides}]"), Is.EqualTo("0xc0ffee"));
        Assert.That(await _chain.TextAsync("eth_call", $"[{call},\"latest\"]"), Is.EqualTo("0xabab"));
        string code = $"{{\"{Probed}\":{{\"code\":\"0x\"}} }}";
        Assert.That((await _chain.FailAsync("eth_call", $"[{call},\"latest\",{code}]")).Code, Is.EqualTo(-32602));
        Assert.That((await _chain.FailAsync("eth_call", $"[{call},\"latest\",{{}},{{\"number\":\"0x1\"}}]")).Code, Is.EqualTo(-32602));
    }

    [Test]
    public async Task Contract_creation_is_refused_with_a_reason()
    {
        (int code, string message, JsonElement error) = await _chain.FailAsync("eth_estimateGas", "[{\"data\":\"0x6000\"}]");
        Assert.That(code, Is.EqualTo(-32000));
        Assert.That(message, Is.EqualTo("contract creation is not supported"));
        Assert.That(error.GetProperty("data").GetProperty("name").GetString(), Is.EqualTo(nameof(Rejections.ContractCreationNotSupported)));
    }

    [Test]
    public async Task An_access_list_names_what_the_call_touches()
    {
        string data = Hex.Encode(ProbeModule.Calls(Execution.Probe.Read, 1));
        JsonElement list = await _chain.CallAsync("eth_createAccessList", $"[{{\"to\":\"{Probed}\",\"data\":\"{data}\"}}]");
        Assert.That(list.GetProperty("accessList").ValueKind, Is.EqualTo(JsonValueKind.Array));
        Assert.That(list.GetProperty("gasUsed").GetString(), Does.StartWith("0x"));
    }
}
