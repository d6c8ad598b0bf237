using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;

namespace HitlReview.Bench;

/// <summary>The wire of Blazor's circuits: SignalR's MessagePack under another name.</summary>
sealed class BlazorPack : IHubProtocol
{
    readonly MessagePackHubProtocol _wire = new();

    public string Name => "blazorpack";

    public int Version => 1;

    public TransferFormat TransferFormat => _wire.TransferFormat;

    public bool IsVersionSupported(int version) => version == Version;

    public bool TryParseMessage(ref ReadOnlySequence<byte> input, IInvocationBinder binder, [NotNullWhen(true)] out HubMessage? message) =>
        _wire.TryParseMessage(ref input, binder, out message);

    public void WriteMessage(HubMessage message, IBufferWriter<byte> output) => _wire.WriteMessage(message, output);

    public ReadOnlyMemory<byte> GetMessageBytes(HubMessage message) => _wire.GetMessageBytes(message);
}
