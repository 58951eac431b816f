// SPDX-License-Identifier: GPL-2.0-only
#include "ns3/m3-packet-simulation.h"

#include "event-wheel.h"
#include "fabric/ideal-fct.h"
#include "packet-run.h"
#include "replication.h"

#include "ns3/log.h"
#include "ns3/m3-flow-inlet.h"
#include "ns3/m3-input-error.h"
#include "ns3/map-scheduler.h"
#include "ns3/object-factory.h"
#include "ns3/simulator.h"

#include <chrono>
#include <memory>
#include <utility>

namespace ns3::m3
{

NS_LOG_COMPONENT_DEFINE("M3PacketSimulation");

namespace
{

/**
 * ns-3's default scheduler that also tells the time of its next event, so that the engine can run up to it, and that
 * can end Simulator::Run() without Simulator::Stop(), which would also end a Run() around it where a script runs the
 * engine in an event of its own.
 */
class PeekableScheduler : public MapScheduler
{
  public:
    static TypeId GetTypeId()
    {
        static TypeId tid = TypeId("ns3::m3::PeekableScheduler")
                                .SetParent<MapScheduler>()
                                .SetGroupName("M3")
                                .AddConstructor<PeekableScheduler>();
        return tid;
    }

    PeekableScheduler()
    {
        s_current = this;
    }

    ~PeekableScheduler() override
    {
        if (s_current == this)
        {
            s_current = nullptr;
        }
    }

    /// Time of the Simulator's next event, ns; EventWheel::NEVER if there is none.
    static int64_t NextTimeNs()
    {
        return !s_current || s_current->MapScheduler::IsEmpty() ? EventWheel::NEVER
                                                                : static_cast<int64_t>(s_current->PeekNext().key.m_ts);
    }

    /// Lets Simulator::Run() find no more events, once.
    static void EndRun()
    {
        s_current->m_endsRun = true;
    }

    bool IsEmpty() const override
    {
        return std::exchange(m_endsRun, false) || MapScheduler::IsEmpty();
    }

  private:
    static PeekableScheduler* s_current; //!< of the Simulator
    mutable bool m_endsRun = false;      //!< the next IsEmpty() says so
};

PeekableScheduler* PeekableScheduler::s_current = nullptr;

NS_OBJECT_ENSURE_REGISTERED(PeekableScheduler);

/// Runs the engine inside the Simulator: one pending event, which runs the engine up to the next event of others.
class EngineDriver
{
  public:
    EngineDriver(PacketRun& engine, const PacketRunOptions& options)
        : m_engine(engine),
          m_options(options),
          m_beginNs(Simulator::Now().GetNanoSeconds() - options.beginNs)
    {
    }

    ~EngineDriver()
    {
        m_event.Cancel(); // where an exception ends the run
    }

    EngineDriver(const EngineDriver&) = delete;
    EngineDriver& operator=(const EngineDriver&) = delete;

    /// Present time of the run, ns.
    int64_t NowNs() const
    {
        return Simulator::Now().GetNanoSeconds() - m_beginNs;
    }

    /// A flow was added to the engine's list.
    void OnAddition()
    {
        m_engine.TakeUpFlow();
        if (!m_runs && m_engine.NextTimeNs() < m_nextNs)
        {
            m_event.Cancel();
            Schedule();
        }
    }

    void Schedule()
    {
        const int64_t next = m_engine.NextTimeNs();
        if (next >= m_options.stopNs || next == EventWheel::NEVER || IsBeyondLimits())
        {
            PeekableScheduler::EndRun();
            return;
        }
        m_nextNs = next;
        m_event = Simulator::Schedule(NanoSeconds(m_beginNs + next) - Simulator::Now(), &EngineDriver::Run, this);
    }

    bool IsBeyondLimits() const
    {
        return m_engine.DataHops() > m_options.maxDataHops || m_engine.Events() > m_options.maxEvents;
    }

  private:
    void Run()
    {
        constexpr uint32_t TIMES_PER_REPORT = 0x10000;
        const int64_t next = PeekableScheduler::NextTimeNs(); // m_beginNs may be below 0
        const int64_t foreign =
            next == EventWheel::NEVER ? m_options.stopNs : std::min(next - m_beginNs, m_options.stopNs);
        m_runs = true;
        if (m_options.observer && m_options.observer->NeedsSimulatorClock())
        {
            m_engine.Run(foreign, 1); // who listens sees the Simulator's clock at every event
            m_runs = false;
            Schedule();
            return;
        }
        do
        {
            m_engine.Run(foreign, TIMES_PER_REPORT);
            Report();
        } while (m_engine.NextTimeNs() < foreign && !IsBeyondLimits());
        m_runs = false;
        Schedule();
    }

    void Report()
    {
        const auto now = std::chrono::steady_clock::now();
        if (m_options.progress && now - m_lastReport > std::chrono::milliseconds(100))
        {
            m_lastReport = now;
            m_options.progress(m_engine.EndedFlows());
        }
    }

    PacketRun& m_engine;
    const PacketRunOptions& m_options;
    const int64_t m_beginNs; //!< the engine's time 0 on the Simulator's clock
    EventId m_event;         //!< next run of the engine
    int64_t m_nextNs = 0;    //!< time of that
    bool m_runs = false;     //!< the engine runs
    std::chrono::steady_clock::time_point m_lastReport = std::chrono::steady_clock::now();
};

/// Looks at every switch queue at regular times, as an event of the Simulator.
class QueueSampler
{
  public:
    QueueSampler(const PacketRun& engine, const FabricGraph& fabric, const PacketRunOptions& options)
        : m_engine(engine),
          m_links(fabric.LinkCount()),
          m_options(options),
          m_timeNs(options.beginNs)
    {
    }

    ~QueueSampler()
    {
        m_event.Cancel();
    }

    QueueSampler(const QueueSampler&) = delete;
    QueueSampler& operator=(const QueueSampler&) = delete;

    void Schedule()
    {
        const int64_t next = (m_timeNs / m_options.sampleIntervalNs + 1) * m_options.sampleIntervalNs;
        m_event = Simulator::Schedule(NanoSeconds(next - m_timeNs), &QueueSampler::Sample, this);
        m_timeNs = next;
    }

  private:
    void Sample()
    {
        for (LinkId link = 0; link < m_links; link++)
        {
            const uint64_t bytes = m_engine.QueuedBytes(link);
            if (bytes > 0)
            {
                m_options.sampleQueue({m_timeNs, link, bytes});
            }
        }
        Schedule();
    }

    const PacketRun& m_engine;
    const LinkId m_links;
    const PacketRunOptions& m_options;
    int64_t m_timeNs; //!< of the flows
    EventId m_event;
};

/// Checks flows that are added to a run.
class AdditionCheck
{
  public:
    /// \param flows that the run begins with
    AdditionCheck(const FabricGraph& fabric, const RouteTable& routes, const RdmaConfig& config, const FlowList& flows)
        : m_fabric(fabric),
          m_routes(routes),
          m_inParts(config.parallelPostNs.has_value()),
          m_ideals(fabric, routes, MAX_HEADER_BYTES)
    {
        for (const Flow& flow : flows)
        {
            m_classes |= 1U << flow.priorityGroup;
            m_bytes += flow.sizeBytes;
        }
    }

    void Check(const Flow& flow)
    {
        CheckFlow(m_fabric, m_routes, flow);
        if ((m_classes >> flow.priorityGroup & 1U) == 0)
        {
            throw InputError("it is of class " + std::to_string(flow.priorityGroup) +
                             ", and the run began without flows of that class");
        }
        if (m_inParts)
        {
            throw InputError("a run in the order of events of a parallel run takes none");
        }
        m_bytes += flow.sizeBytes;
        m_idealNs += m_ideals.NextNs(flow.src, flow.dst, flow.sizeBytes, flow.dstPort);
        if (m_bytes > MAX_ALL_FLOW_BYTES || m_idealNs > MAX_ALL_IDEAL_NS)
        {
            throw InputError("all flows of the run have more than 1 EB, or those that were added take more than 31 "
                             "years one after the other");
        }
    }

  private:
    const FabricGraph& m_fabric;
    const RouteTable& m_routes;
    const bool m_inParts;
    uint32_t m_classes = 0; //!< a bit for each
    uint64_t m_bytes = 0;
    int64_t m_idealNs = 0;
    IdealFctsOfFlows m_ideals;
};

/// Lets flows be added to a run while this is there.
class OpenInlet
{
  public:
    OpenInlet(FlowInlet* inlet, FlowInlet::Run run)
        : m_inlet(inlet)
    {
        if (m_inlet)
        {
            m_inlet->Open(std::move(run));
        }
    }

    ~OpenInlet()
    {
        if (m_inlet)
        {
            m_inlet->Close();
        }
    }

    OpenInlet(const OpenInlet&) = delete;
    OpenInlet& operator=(const OpenInlet&) = delete;

  private:
    FlowInlet* const m_inlet;
};

/// Runs the engine on the Simulator to its end. \return whether a limit ended it
bool RunOnSimulator(PacketRun& engine, const FabricGraph& fabric, const PacketRunOptions& options, AdditionCheck& check)
{
    ObjectFactory scheduler;
    scheduler.SetTypeId(PeekableScheduler::GetTypeId());
    Simulator::SetScheduler(scheduler);
    EngineDriver driver(engine, options);
    const OpenInlet open(options.inlet,
                         {[&driver] { return driver.NowNs(); },
                          [&check](const Flow& flow) { check.Check(flow); },
                          [&driver] { driver.OnAddition(); }});
    driver.Schedule();
    QueueSampler sampler(engine, fabric, options);
    if (options.sampleIntervalNs > 0 && options.sampleQueue)
    {
        sampler.Schedule();
    }
    Simulator::Run();
    return driver.IsBeyondLimits();
}

} // namespace

PacketResult RunPacketSimulation(const FabricGraph& fabric,
                                 const RdmaConfig& config,
                                 const FlowList& flows,
                                 const PacketRunOptions& options)
{
    if (Time::GetResolution() != Time::NS)
    {
        throw InputError("the packet engine needs ns-3's time resolution to be 1 ns");
    }
    const RouteTable routes(fabric, config.mode);
    const RdmaConfig resolved = ConfigOfReplication(config.Resolve(fabric, routes));
    PacketRunOptions changing = options;
    const std::vector<LinkChange> failures = LinkChangesOf(fabric, config.failures);
    changing.linkChanges.insert(changing.linkChanges.end(), failures.begin(), failures.end());
    if (options.inlet && !options.routeIds.empty())
    {
        throw InputError("a run with routes of another list takes no flows while it goes on");
    }
    const FlowList& running = options.inlet ? options.inlet->Begin(flows) : flows; // grows
    const std::unique_ptr<PacketRun> engine = MakePacketRun(fabric, routes, resolved, running, changing);
    bool beyondLimits = false;
    NS_LOG_INFO("run starts: " << flows.size() << " flows between " << fabric.Hosts().size() << " hosts, "
                               << CongestionControlName(config.congestionControl) << ", " << EngineModeName(config.mode)
                               << " mode");
    if (!flows.empty())
    {
        const FlowList none;
        AdditionCheck check(fabric, routes, resolved, options.inlet ? flows : none);
        beyondLimits = RunOnSimulator(*engine, fabric, options, check);
    }
    std::vector<FlowUnderWay> underWay = options.recordUnderWay ? engine->UnderWay() : std::vector<FlowUnderWay>();
    PacketResult result = engine->TakeResult();
    result.underWay = std::move(underWay);
    result.beyondLimits = beyondLimits;
    NS_LOG_INFO("run ends: " << result.completionOrder.size() << " of " << running.size() << " flows finished, "
                             << result.retransmissions << " packets sent again, " << result.switchDrops
                             << " dropped by switches, " << result.linkLosses << " lost on links"
                             << (beyondLimits ? "; ended by its limit of packets or events" : ""));
    return result;
}

PacketResult RunPacketSimulationStandalone(const FabricGraph& fabric, const RdmaConfig& config, const FlowList& flows)
{
    const RouteTable routes(fabric, config.mode);
    const RdmaConfig resolved = config.Resolve(fabric, routes);
    const PacketRunOptions options;
    const std::unique_ptr<PacketRun> engine = MakePacketRun(fabric, routes, resolved, flows, options);
    while (engine->NextTimeNs() != EventWheel::NEVER)
    {
        engine->Run(EventWheel::NEVER, UINT32_MAX);
    }
    return engine->TakeResult();
}

} // namespace ns3::m3
