using System.Net;
using System.Text;
using DePinChain.Network;
using DePinChain.Network.Identity;
using DePinChain.Network.Swarming;
using DePinChain.Primitives;

namespace DePinChain.EndToEnd.Tests.Peers;

/// <summary>Unmodified js-libp2p nodes meet a transport of ours that runs in this process.</summary>
[NonParallelizable]
public sealed class Libp2pTests() : PeerSuite("libp2p")
{
    [TestCaseSource(nameof(Names))]
    public void Passes(string test) => Passed(test);

    protected override Task<Subject> StartSubjectAsync()
    {
        Libp2pTransport transport = new(new Libp2pOptions
        {
            Key = NodeKey.Generate(),
            Genesis = Hash256.Parse("0xabcdef01" + new string('0', 56)),
            Listen = new IPEndPoint(IPAddress.Loopback, 0),
            AgentVersion = "depin/test",
        });
        transport.Attach(new Answering(transport));
        transport.Start();
        SortedDictionary<string, string> environment = new(StringComparer.Ordinal)
        {
            ["DEPIN_P2P_ADDRESS"] = transport.Addresses[0].ToString(),
            ["DEPIN_P2P_NETWORK"] = "abcdef01",
        };
        return Task.FromResult(new Subject(environment, transport, () => ""));
    }

    private static IEnumerable<string> Names() => NamesOf("libp2p");

    /// <summary>Accepts everything; echoes, mirrors and dials on request; answers a request with its bytes backwards.</summary>
    private sealed class Answering(Libp2pTransport transport) : IInbox
    {
        public void Gossiped(GossipMessage message)
        {
            transport.Conclude(message, Verdict.Accept);
            string text = Encoding.UTF8.GetString(message.Payload.Span[..Math.Min(message.Payload.Length, 200)]);
            if (message.Topic == Topic.Vote && text.StartsWith("echo:", StringComparison.Ordinal))
                transport.Publish(Topic.Vote, Encoding.UTF8.GetBytes("echoed:" + text[5..]));
            if (message.Topic == Topic.Proposal && text.StartsWith("mirror:", StringComparison.Ordinal))
                transport.Publish(Topic.Proposal, (byte[])[.. "image!:"u8, .. message.Payload.Span[7..]]);
            if (message.Topic == Topic.Transaction && text.StartsWith("dial:", StringComparison.Ordinal))
                _ = transport.DialAsync(Multiaddress.Parse(text[5..]), CancellationToken.None);
        }

        public void Requested(IncomingRequest request)
        {
            byte[] payload = request.Payload.ToArray();
            Array.Reverse(payload);
            request.Respond(new Answer(AnswerStatus.Success, [payload]));
        }

        public void Answered(ulong requestNumber, Answer answer)
        {
            // This side asks nothing.
        }

        public void PeersChanged()
        {
            // The suite looks at its own side.
        }
    }
}
