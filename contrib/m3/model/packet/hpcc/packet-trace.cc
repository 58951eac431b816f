// SPDX-License-Identifier: GPL-2.0-only
#include "packet-trace.h"

#include "hpcc-addresses.h"

#include "fabric/routes-of-flows.h"

#include <algorithm>
#include <type_traits>
#include <unordered_map>

namespace ns3::m3
{

namespace
{

constexpr uint32_t PORT_NUMBERS = 256; //!< that a record tells apart

/// Rates of ports by node and number.
using PortTable = std::unordered_map<uint32_t, std::unordered_map<uint32_t, uint64_t>>;

/**
 * The nodes in the order of their places in the HPCC simulator's memory, by which it takes them: hosts ascending, then
 * switches, which lie elsewhere, descending. Where its two lists of nodes grow, at the 17th and at the 257th, the next
 * hosts take the places that the lists leave.
 */
std::vector<NodeId> NodesByPlace(const FabricGraph& fabric)
{
    const auto placeOf = [](NodeId host) -> uint64_t
    {
        constexpr uint64_t STEP = 4; // leaves room for those that come between two
        constexpr NodeId LAST_OF_257 = 270;
        switch (host)
        {
        case 18:
            return 8 * STEP + 1;
        case 17:
            return 8 * STEP + 2;
        default:
            return host >= 257 && host <= LAST_OF_257 ? 128 * STEP + 1 : host * STEP;
        }
    };
    std::vector<NodeId> nodes = fabric.Hosts();
    std::stable_sort(nodes.begin(), nodes.end(), [&](NodeId a, NodeId b) { return placeOf(a) < placeOf(b); });
    for (NodeId node = fabric.NodeCount(); node-- > 0;)
    {
        if (!fabric.IsHost(node))
        {
            nodes.push_back(node);
        }
    }
    return nodes;
}

/**
 * The ports that the HPCC simulator lists, in the order of its hash tables, which are GCC's, hence are some here: it
 * fills them node by node and neighbour by neighbour. Of parallel links it knows the last one.
 */
PortTable PortsOf(const FabricGraph& fabric)
{
    const std::vector<NodeId> nodes = NodesByPlace(fabric);
    PortTable ports;
    for (const NodeId node : nodes)
    {
        std::unordered_map<NodeId, LinkId> linkTo;
        for (const LinkId egress : fabric.EgressLinks(node))
        {
            linkTo[fabric.Link(egress).to] = egress;
        }
        for (const NodeId neighbour : nodes)
        {
            if (const auto link = linkTo.find(neighbour); link != linkTo.end())
            {
                const FabricLink& egress = fabric.Link(link->second);
                ports[node][egress.port + 1] = egress.bitsPerSecond;
            }
        }
    }
    return ports;
}

/// The largest bandwidth-delay product of any pair of hosts by the HPCC simulator's rule, whatever flows have.
uint64_t LargestWindow(const FabricGraph& fabric, const RouteTable& routes, RdmaConfig config)
{
    config.mode = EngineMode::HPCC;
    config.perPairWindow = false;
    config.windowBytes.reset();
    config.baseRttNs.reset();
    return config.Resolve(fabric, routes).windowBytes.value_or(0);
}

bool IsPfc(const FrameInfo& frame)
{
    return frame.kind == PacketKind::PAUSE || frame.kind == PacketKind::RESUME;
}

/// Number of the protocol in a record.
uint8_t ProtocolOf(PacketKind kind)
{
    constexpr uint8_t UDP = 0x11;
    constexpr uint8_t ACK = 0xfc;
    constexpr uint8_t NACK = 0xfd;
    constexpr uint8_t PFC = 0xfe;
    return kind == PacketKind::DATA ? UDP : kind == PacketKind::ACK ? ACK : kind == PacketKind::NACK ? NACK : PFC;
}

} // namespace

/// A header or a record, little-endian, from its first byte on.
class PacketTraceWriter::Bytes
{
  public:
    template <typename T>
    void Put(T value)
    {
        static_assert(std::is_unsigned_v<T>);
        for (std::size_t byte = 0; byte < sizeof value; byte++)
        {
            m_bytes.at(m_size++) = static_cast<char>(static_cast<uint64_t>(value) >> 8 * byte);
        }
    }

    /// Goes on at a byte; what is left out is 0.
    void GoTo(std::size_t byte)
    {
        m_size = byte;
    }

    void WriteTo(std::ostream& out, std::size_t size) const
    {
        out.write(m_bytes.data(), static_cast<std::streamsize>(size));
    }

  private:
    std::array<char, RECORD_BYTES> m_bytes{};
    std::size_t m_size = 0;
};

std::vector<uint32_t> ReadTracedNodes(const std::string& file, const FabricGraph& fabric, InputNotes* notes)
{
    std::vector<uint32_t> times(fabric.NodeCount());
    TextReader reader(file);
    if (!reader.Next())
    {
        reader.Fail("number of traced nodes", "is missing");
    }
    const uint64_t count = reader.Count(0, "number of traced nodes", 0, UINT32_MAX, 2);
    std::size_t field = 1;
    for (uint64_t i = 0; i < count; i++)
    {
        while (field >= reader.Fields())
        {
            if (!reader.Next())
            {
                reader.Fail("traced node",
                            "is missing: there are " + std::to_string(i) + " of " + std::to_string(count));
            }
            field = 0;
        }
        const uint64_t node = reader.Integer(field++, "traced node", 0, UINT32_MAX);
        if (node < times.size())
        {
            times[node]++;
        }
        else
        {
            reader.Note(notes, "node " + std::to_string(node) + " is not there to be traced");
        }
    }
    return times;
}

PacketTraceWriter::PacketTraceWriter(const FabricGraph& fabric,
                                     const RdmaConfig& config,
                                     const FlowList& flows,
                                     const PacketTrace& trace,
                                     std::vector<uint32_t> timesTraced,
                                     std::ostream& out)
    : m_fabric(fabric),
      m_flows(flows),
      m_headerBytes(config.HeaderBytes()),
      m_hasTimeStamps(TelemetryOf(config.congestionControl) == Telemetry::TIME_STAMP),
      m_pauseTimeUs(trace.pauseTimeUs),
      m_timesTraced(std::move(timesTraced)),
      m_queued(fabric.LinkCount()),
      m_out(out)
{
    const RouteTable routes(fabric, config.mode);
    RoutesOfFlows keys(routes);
    for (const Flow& flow : flows)
    {
        m_keys.push_back(keys.NextKey(flow.src, flow.dst, flow.dstPort));
    }
    WriteHeader(config);
}

void PacketTraceWriter::WriteHeader(const RdmaConfig& config)
{
    const PortTable nodes = PortsOf(m_fabric);
    Bytes count;
    std::size_t ports = 0;
    for (const auto& [node, portsOfNode] : nodes)
    {
        ports += portsOfNode.size();
    }
    count.Put(static_cast<uint32_t>(ports));
    count.WriteTo(m_out, sizeof(uint32_t));
    for (const auto& [node, portsOfNode] : nodes)
    {
        for (const auto& [port, rate] : portsOfNode)
        {
            Bytes line;
            line.Put(static_cast<uint16_t>(node));
            line.Put(static_cast<uint8_t>(port % PORT_NUMBERS));
            line.Put(rate);
            line.WriteTo(m_out, sizeof(uint16_t) + sizeof(uint8_t) + sizeof(uint64_t));
        }
    }
    Bytes window;
    window.Put(static_cast<uint32_t>(LargestWindow(m_fabric, RouteTable(m_fabric, EngineMode::HPCC), config)));
    window.WriteTo(m_out, sizeof(uint32_t));
}

/// The queue of a frame at a switch: PFC frames wait in that of class 0.
uint32_t PacketTraceWriter::QueueOf(const FrameInfo& frame) const
{
    return IsPfc(frame) ? 0 : m_flows[frame.flow].priorityGroup;
}

uint64_t& PacketTraceWriter::QueuedAt(const FrameInfo& frame)
{
    return m_queued[frame.link].at(QueueOf(frame));
}

void PacketTraceWriter::OnArrival(const FrameInfo& frame)
{
    WriteArrival(frame, Event::RECEIVE);
}

void PacketTraceWriter::OnArrivalWhileDown(const FrameInfo& frame)
{
    WriteArrival(frame, Event::DROP);
}

/// Writes the record of a frame that has come: with the first queue of the port that it came by, as that simulator.
void PacketTraceWriter::WriteArrival(const FrameInfo& frame, Event event)
{
    const LinkId egress = ReverseLink(frame.link);
    Write(frame, egress, event, 0, m_queued[egress][0]);
}

void PacketTraceWriter::OnEnqueue(const FrameInfo& frame)
{
    if (m_fabric.IsHost(m_fabric.Link(frame.link).from))
    {
        Write(frame, frame.link, Event::ENQUEUE, 0, 0);
        return;
    }
    uint64_t& queued = QueuedAt(frame);
    Write(frame, frame.link, Event::ENQUEUE, QueueOf(frame), queued);
    queued += frame.wireBytes;
}

void PacketTraceWriter::OnFrame(const FrameInfo& frame)
{
    WriteDeparture(frame, Event::DEQUEUE);
}

void PacketTraceWriter::OnFlush(const FrameInfo& frame)
{
    WriteDeparture(frame, Event::DROP);
}

/// Writes the record of a frame that leaves a queue.
void PacketTraceWriter::WriteDeparture(const FrameInfo& frame, Event event)
{
    if (m_fabric.IsHost(m_fabric.Link(frame.link).from))
    {
        Write(frame, frame.link, event, frame.kind == PacketKind::DATA ? QueueOf(frame) : 0, 0);
        return;
    }
    uint64_t& queued = QueuedAt(frame);
    queued -= frame.wireBytes;
    Write(frame, frame.link, event, QueueOf(frame), queued);
}

/// Writes a record as often as the node is traced. \param egress link of the port \param queued bytes in the queue
void PacketTraceWriter::Write(const FrameInfo& frame, LinkId egress, Event event, uint32_t queue, uint64_t queued)
{
    const FabricLink& link = m_fabric.Link(egress);
    if (m_timesTraced[link.from] == 0)
    {
        return;
    }
    constexpr uint8_t CONGESTION_EXPERIENCED = 3;
    constexpr std::size_t DETAILS = 32; // of the protocol
    const bool isPfc = IsPfc(frame);
    const bool isData = frame.kind == PacketKind::DATA;
    const RouteKey key = isPfc ? RouteKey() : m_keys[frame.flow];
    const uint32_t source = isPfc ? HpccPortAddress(frame.link) : HpccHostAddress(key.src);
    const uint32_t destination = isPfc ? UINT32_MAX : HpccHostAddress(key.dst);
    Bytes bytes;
    bytes.Put(static_cast<uint64_t>(frame.timeNs));
    bytes.Put(static_cast<uint16_t>(link.from));
    bytes.Put(static_cast<uint8_t>((link.port + 1) % PORT_NUMBERS));
    bytes.Put(static_cast<uint8_t>(queue));
    bytes.Put(static_cast<uint32_t>(queued));
    bytes.Put(isPfc || isData ? source : destination);
    bytes.Put(isPfc || isData ? destination : source);
    bytes.Put(static_cast<uint16_t>(frame.wireBytes));
    bytes.Put(ProtocolOf(frame.kind));
    bytes.Put(static_cast<uint8_t>(event));
    bytes.Put(static_cast<uint8_t>(frame.marked ? CONGESTION_EXPERIENCED : 0));
    bytes.Put(static_cast<uint8_t>(m_fabric.IsHost(link.from) ? 0 : 1));
    bytes.GoTo(DETAILS);
    const auto seq = static_cast<uint32_t>(frame.seq);
    const uint64_t sentNs = m_hasTimeStamps ? static_cast<uint64_t>(frame.sentNs) : 0;
    if (isPfc)
    {
        bytes.Put(frame.kind == PacketKind::PAUSE ? m_pauseTimeUs : 0);
        bytes.Put(seq); // bytes that wait in the class
        bytes.Put(static_cast<uint8_t>(frame.priority));
    }
    else if (isData)
    {
        bytes.Put(key.srcPort);
        bytes.Put(key.dstPort);
        bytes.Put(seq);
        bytes.Put(sentNs);
        bytes.Put(static_cast<uint16_t>(m_flows[frame.flow].priorityGroup));
        bytes.Put(static_cast<uint16_t>(frame.wireBytes - m_headerBytes));
    }
    else
    {
        constexpr std::size_t TIME_STAMP = 48;
        bytes.Put(key.dstPort);
        bytes.Put(key.srcPort);
        bytes.Put(static_cast<uint16_t>(frame.ecn ? 1 : 0));
        bytes.Put(static_cast<uint16_t>(m_flows[frame.flow].priorityGroup));
        bytes.Put(seq);
        bytes.GoTo(TIME_STAMP);
        bytes.Put(sentNs);
    }
    for (uint32_t time = 0; time < m_timesTraced[link.from]; time++)
    {
        bytes.WriteTo(m_out, RECORD_BYTES);
    }
}

} // namespace ns3::m3
