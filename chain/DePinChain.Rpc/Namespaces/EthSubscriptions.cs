using System.Text.Json;
using DePinChain.Rpc.Live;
using DePinChain.Rpc.Protocol;

namespace DePinChain.Rpc.Namespaces;

/// <summary>eth_: subscriptions over WebSocket.</summary>
internal sealed class EthSubscriptions(SubscriptionHub hub)
{
    private const int NameBytesMax = 64;

    public void AddTo(MethodTable methods)
    {
        methods.Light("eth_subscribe", Subscribe);
        methods.Light("eth_unsubscribe", Unsubscribe);
    }

    private RpcError? Subscribe(ref ParameterReader parameters, Utf8JsonWriter result, in RequestScope scope)
    {
        if (scope.Subscriber is not { } subscriber) return NotOverHttp;
        string name = parameters.ReadString(NameBytesMax);
        SubscriptionKind kind;
        LogQuery? logs = null;
        switch (name)
        {
            case "newHeads":
                kind = SubscriptionKind.NewHeads;
                break;
            case "logs":
                kind = SubscriptionKind.Logs;
                logs = parameters.ReadLogQuery(isRequired: false);
                break;
            case "newPendingTransactions":
                kind = parameters.ReadOptionalBoolean() ? SubscriptionKind.PendingTransactions : SubscriptionKind.PendingHashes;
                break;
            case "syncing":
                kind = SubscriptionKind.Syncing;
                break;
            default:
                return parameters.Finish() ?? RpcError.InvalidParams($"no \"{name}\" subscription in eth namespace");
        }

        if (parameters.Finish() is { } fault) return fault;
        if (hub.Add(subscriber, kind, logs) is not { } subscription)
            return RpcError.LimitExceeded($"too many subscriptions: at most {hub.PerSubscriberMax} on one connection");
        result.WriteStringValue(subscription.Id);
        return null;
    }

    private RpcError? Unsubscribe(ref ParameterReader parameters, Utf8JsonWriter result, in RequestScope scope)
    {
        if (scope.Subscriber is not { } subscriber) return NotOverHttp;
        string id = parameters.ReadString(NameBytesMax);
        if (parameters.Finish() is { } fault) return fault;
        if (!hub.Remove(subscriber, id)) return RpcError.Server("subscription not found");
        result.WriteBooleanValue(true);
        return null;
    }

    private static RpcError NotOverHttp { get; } =
        new(RpcError.MethodNotFoundCode, "notifications not supported: subscriptions need a WebSocket connection");
}
