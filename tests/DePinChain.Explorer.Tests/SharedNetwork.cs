using DePinChain.Client;
using DePinChain.Crypto;
using DePinChain.EndToEnd.Tests;
using DePinChain.Explorer.Hosting;
using DePinChain.Indexer.Rows;
using DePinChain.Indexer.Store;
using DePinChain.Primitives;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace DePinChain.Explorer.Tests;

/// <summary>One real localnet with people's transactions, hostile names among them, and one explorer on it: for all tests here.</summary>
[SetUpFixture]
public sealed class SharedNetwork
{
    /// <summary>Names that strangers put on the chain.</summary>
    public static readonly string[] HostileNames =
        ["<script>alert(1)</script>", "=HYPERLINK(\"http://evil.example\")", "a\u202Egpj.exe", "\"><img src=x onerror=alert(2)>"];

    // The well-known development keys, as the localnet's banner prints them.
    private static readonly string[] Keys =
    [
        "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80",
        "0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d",
        "0x5de4111afa1a4b94908f83103eb1f1706367c2e68ca870fc3fb9a804cdab365a",
        "0x7c852118294e51e653712a81e05800f419141751be58f605c371e15141b007a6",
    ];

    private static WebApplication? _site;
    private static string _folder = "";

    public static Localnet Network { get; private set; } = null!;

    public static JsonRpcConnection Node { get; private set; } = null!;

    public static PostgresServer Postgres { get; private set; } = null!;

    public static HttpClient Web { get; private set; } = null!;

    public static Chain.LiveChain Live => _site!.Services.GetRequiredService<IndexHost>().Chain!; // it has answered

    /// <summary>Of a transfer that a person made.</summary>
    public static Hash256 Transfer { get; private set; }

    /// <summary>Of a call that reverted.</summary>
    public static Hash256 Failure { get; private set; }

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        Network = await Localnet.StartAsync(null, null, "--block-time", "0.3s", "--metrics-port", "0");
        Node = new JsonRpcConnection(new Uri(Network.RpcUrl), TimeSpan.FromSeconds(30));
        _folder = Directory.CreateTempSubdirectory("depin-explorer-").FullName;
        _site = SiteHost.Compose(new ExplorerOptions { Rpc = Node.Endpoint, Port = Localnet.FreePort(), Data = _folder });
        await _site.StartAsync();
        Postgres = await PostgresServer.StartAsync();
        Web = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = new Uri(_site.Urls.First()) };
        await SendAsync();
        await UntilIndexedAsync();
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        Web?.Dispose();
        if (_site is not null) await _site.DisposeAsync();
        Node?.Dispose();
        if (Postgres is not null) await Postgres.DisposeAsync();
        if (Network is not null) await Network.DisposeAsync();
        if (_folder.Length > 0) Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Waits until the index has what the node had when it was asked, and at least so many blocks.</summary>
    public static async Task<MarkRow> UntilIndexedAsync(long atLeast = 0)
    {
        long height = Math.Max(atLeast, (long)await Network.HeightAsync());
        for (int tries = 0; tries < 600; tries++)
        {
            if (_site!.Services.GetRequiredService<IndexHost>().Chain is { } chain && chain.Follower.Status.Mark.Height >= height)
                return chain.Follower.Status.Mark;
            await Task.Delay(100);
        }

        throw new TimeoutException($"block {height} was not indexed: {Live.Follower.Status}");
    }

    /// <summary>Waits until the index has such an event, and gives the first of them.</summary>
    public static async Task<EventRow> UntilEventAsync(string module, string name)
    {
        for (int tries = 0; tries < 600; tries++, await Task.Delay(200))
        {
            await using IndexContext index = Live.Store.Read();
            IQueryable<EventRow> found = index.Events.Where(row => row.Module == module && row.Name == name).OrderBy(row => row.Id);
            if (await found.FirstOrDefaultAsync() is { } row) return row;
        }

        throw new TimeoutException($"no block reports {module}.{name}");
    }

    private static async Task SendAsync()
    {
        ModuleDirectory modules = await ModuleDirectory.LoadAsync(Node, CancellationToken.None);
        PublishedModule storage = modules.Find("storageMarket")!; // every network has it
        PublishedModule staking = modules.Find("staking")!; // every network has it
        AbiFunction register = storage.Abi.FindFunction("registerProvider")!; // as above
        for (int i = 0; i < Keys.Length; i++)
        {
            using PrivateKey key = PrivateKey.Parse(Keys[i]);
            var sender = new TransactionSender(Node, key);
            Address friend = new([.. Enumerable.Repeat((byte)(0xa0 + i), Address.Size)]);
            Transfer = await SendAsync(sender, new TransactionPlan(friend, UInt256.Parse("1500000000000000001"), []));
            byte[] call = register.EncodeCall([key.Address, HostileNames[i], new byte[] { 1, 2 }]);
            await SendAsync(sender, new TransactionPlan(storage.Address, UInt256.Zero, call));
        }

        await ProposeAsync(modules);
        using (PrivateKey client = PrivateKey.Parse(Keys[1]))
        using (PrivateKey provider = PrivateKey.Parse(Keys[2]))
        {
            var caller = new ModuleCaller(Node, modules);
            await new MarketScenario(Node, caller).RunAsync(client, provider);
            using PrivateKey owner = PrivateKey.Parse(Keys[3]); // of devices and of stake
            await new BreachScenario(caller).RunAsync(owner, client);
        }

        // A refusal on purpose: nothing to withdraw. The gas is given, so that the node does not refuse it before.
        using PrivateKey last = PrivateKey.Parse(Keys[0]);
        byte[] refused = staking.Abi.FindFunction("unjail")!.EncodeCall([]); // as above
        Failure = await SendAsync(new TransactionSender(Node, last),
            new TransactionPlan(staking.Address, UInt256.Zero, refused, GasLimit: 200_000));
    }

    private static async Task ProposeAsync(ModuleDirectory modules)
    {
        PublishedModule governance = modules.Find("governance")!; // every network has it
        AbiFunction propose = governance.Abi.FindFunction("proposeText")!; // as above
        using PrivateKey key = PrivateKey.Parse(Keys[1]);
        await SendAsync(new TransactionSender(Node, key), new TransactionPlan(
            governance.Address, UInt256.Parse("100000000000000000000"), propose.EncodeCall([HostileNames[0], ""])));
    }

    private static async Task<Hash256> SendAsync(TransactionSender sender, TransactionPlan plan)
    {
        Hash256 hash = await sender.SendAsync(await sender.PrepareAsync(plan, CancellationToken.None), CancellationToken.None);
        await sender.WaitAsync(hash, TimeSpan.FromSeconds(60), CancellationToken.None);
        return hash;
    }
}
