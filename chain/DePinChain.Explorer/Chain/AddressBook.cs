using DePinChain.Client;
using DePinChain.Indexer.Decoding;
using DePinChain.Primitives;

namespace DePinChain.Explorer.Chain;

/// <summary>A name for an account, and where it comes from.</summary>
/// <param name="Name">Made safe to show.</param>
/// <param name="Kind">module, validator, system.</param>
public sealed record AccountLabel(string Name, string Kind);

/// <summary>Names of accounts: modules by the node's word, validators by their own.</summary>
public sealed class AddressBook
{
    private const int NameLengthMax = 32;
    private const int PageSize = 100;
    private const ulong SubnetsMax = 256;
    private static readonly TimeSpan GoodFor = TimeSpan.FromSeconds(30);

    private int _reading;
    private volatile IReadOnlyDictionary<Address, AccountLabel> _labels = new Dictionary<Address, AccountLabel>();
    private volatile IReadOnlyList<(ulong Id, string Name)> _subnets = [];
    private DateTimeOffset _readAt;

    public AccountLabel? Find(Address account) => _labels.GetValueOrDefault(account);

    /// <summary>Accounts whose name contains a text.</summary>
    public IEnumerable<(Address Account, AccountLabel Label)> Search(string text) => _labels
        .Where(label => label.Value.Name.Contains(text, StringComparison.OrdinalIgnoreCase)).Select(label => (label.Key, label.Value));

    /// <summary>Subnets whose name contains a text: no event tells it.</summary>
    public IEnumerable<(ulong Id, string Name)> SearchSubnets(string text) =>
        _subnets.Where(subnet => subnet.Name.Contains(text, StringComparison.OrdinalIgnoreCase));

    /// <summary>Reads the names again when they are old.</summary>
    public async Task RefreshAsync(LiveChain chain, NodeViews views)
    {
        if (TimeProvider.System.GetUtcNow() - _readAt < GoodFor || Interlocked.Exchange(ref _reading, 1) == 1) return;
        try
        {
            var labels = new Dictionary<Address, AccountLabel>
            {
                [Address.FromLow(0x10ff)] = new("fee pot", "system"),
                [Address.Parse("0xfffffffffffffffffffffffffffffffffffffffe")] = new("system", "system"),
            };
            foreach (PublishedModule module in chain.Codec.Directory.All) labels[module.Address] = new AccountLabel(module.Name, "module");
            Facts? validators = await views.AskAsync("staking", "getValidators", (UInt256)0UL, (UInt256)0UL, (UInt256)(ulong)PageSize);
            foreach (Facts validator in validators?.Only.Items ?? [])
            {
                string moniker = SafeText.Of(validator.Of("moniker"), NameLengthMax);
                if (moniker.Length == 0) continue;
                labels[validator["validator"].Account] = new AccountLabel(moniker, "validator");
                labels[validator["signer"].Account] = new AccountLabel(moniker, "signer");
            }

            ulong count = Math.Min(SubnetsMax, (ulong)((await views.AskAsync("subnets", "subnetCount"))?.Only.Number ?? 0));
            ulong[] ids = [.. Enumerable.Range(1, (int)count).Select(id => (ulong)id)];
            Facts?[] subnets = await views.AskAsync([.. ids.Select(id => new ViewCall("subnets", "subnet", (UInt256)id))]);
            _subnets = [.. ids.Zip(subnets, (id, subnet) => (id, SafeText.Of(subnet?.Only.Of("name") ?? "", NameLengthMax)))];
            _labels = labels;
            _readAt = TimeProvider.System.GetUtcNow();
        }
        catch (Exception trouble) when (trouble is NodeUnreachableException or NodeRefusedException)
        {
            // The names of before serve until the node answers again.
        }
        finally
        {
            Volatile.Write(ref _reading, 0);
        }
    }
}
