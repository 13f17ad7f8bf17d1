using System.Diagnostics.CodeAnalysis;
using System.Text;
using DePinChain.Primitives;

namespace DePinChain.Network.Gossip;

/// <summary>The five topics of one network: <c>/dpc/&lt;eight digits of the genesis hash&gt;/tx|prop|vote|evid|status/1</c>.</summary>
/// <remarks>There are no others: a table that peers can add topics to is how CVE-2026-95859 grew without bound.</remarks>
public sealed class GossipTopics
{
    private readonly SortedDictionary<Topic, (string Name, byte[] Bytes)> _names = [];

    public GossipTopics(in Hash256 genesis)
    {
        string network = genesis.ToString().Substring(2, 8);
        foreach ((Topic topic, string part) in ((Topic, string)[])[(Topic.Transaction, "tx"), (Topic.Proposal, "prop"),
            (Topic.Vote, "vote"), (Topic.Evidence, "evid"), (Topic.Status, "status")])
        {
            string name = $"/dpc/{network}/{part}/1";
            _names.Add(topic, (name, Encoding.UTF8.GetBytes(name)));
        }
    }

    public IReadOnlyCollection<Topic> All => _names.Keys;

    public string NameOf(Topic topic) => _names[topic].Name;

    public ReadOnlySpan<byte> BytesOf(Topic topic) => _names[topic].Bytes;

    public MessageId IdOf(Topic topic, ReadOnlySpan<byte> data) => MessageId.Of(BytesOf(topic), data);

    public bool TryFind(ReadOnlySpan<byte> name, [NotNullWhen(true)] out Topic? topic)
    {
        foreach ((Topic candidate, (string _, byte[] bytes)) in _names)
        {
            if (!name.SequenceEqual(bytes)) continue;
            topic = candidate;
            return true;
        }

        topic = null;
        return false;
    }
}
