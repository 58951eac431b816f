// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_ESTIMATOR_H
#define M3_ESTIMATOR_H

#include "engines/parsimon.h"
#include "engines/sampled-estimate.h"
#include "nn/correction-model.h"
#include "nn/path-map-model.h"
#include "ns3/m3-fabric-graph.h"
#include "ns3/m3-flow.h"
#include "ns3/m3-packet-simulation.h"
#include "ns3/m3-rdma-config.h"
#include "ns3/m3-routes.h"
#include "ns3/m3-slowdown-report.h"
#include "ns3/node-container.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace ns3::m3
{

/// How an answer is found.
enum class Engine : uint8_t
{
    PACKET,   //!< every packet, on ns-3's Simulator: the truth
    FLOWSIM,  //!< max-min fluid
    PARSIMON, //!< every link by packets alone, delays added up (NSDI 2023)
    M3        //!< flowSim corrected by a trained model
};

/// "packet", "flowsim", "parsimon" or "m3". \throws InputError that lists them
Engine ParseEngine(const std::string& name);
/// The name that ParseEngine takes.
std::string EngineName(Engine engine);

/// "auto", "network", "windows", "paths" or "published". \throws InputError that lists them
Scope ParseScope(const std::string& name);
/// The name that ParseScope takes.
std::string ScopeName(Scope scope);

/// When a flow was done, ns after its start; NaN for one that did not finish.
struct CompletionTime
{
    double receiverNs; //!< its last byte is there: the FCT of reports
    double senderNs;   //!< the last ACK is back
};

/**
 * Gives the distribution of flow completion time slowdowns of flows on a network, by any engine: the same nodes, flows
 * and configuration in, the same kind of report out.
 *
 * \code
 *   M3Estimator estimator(nodes);
 *   estimator.config.congestionControl = CongestionControlType::HPCC;
 *   SlowdownReport report = estimator.Run(Engine::M3, flows);
 *   double p99 = report.OverallQuantile(0.99);
 * \endcode
 *
 * The m3 engine runs flowSim over the whole network and lets the model correct flows drawn at random from each size
 * class; or it does so in sampled windows of time; or on sampled paths, a flow of a path counting with multiplicity /
 * corrected flows of the path; or it asks the published model for the percentiles of each sampled path's foreground
 * flows, which count alike. Parsimon simulates each link alone and draws a delay per flow and link
 * (engines/parsimon.h). Slowdown is FCT / ideal FCT (fabric/ideal-fct.h), with the class shares of the trace.
 */
class M3Estimator
{
  public:
    /// \throws InputError as ReadFabric
    explicit M3Estimator(const NodeContainer& nodes);
    explicit M3Estimator(FabricGraph fabric); //!< without ns-3 nodes
    ~M3Estimator();
    M3Estimator(M3Estimator&&) noexcept;            //!< moves
    M3Estimator& operator=(M3Estimator&&) noexcept; //!< moves

    RdmaConfig config;         //!< congestion control, buffers, PFC
    SizeClasses sizeClasses;   //!< of the report; SizeClasses::AreValid()
    std::string checkpoint;    //!< of the m3 engine; "": the one that is shipped for the scope
    Scope scope = Scope::AUTO; //!< of the m3 engine
    /// Up to which Scope::AUTO means NETWORK: flowSim with its record and replay takes about 3 us a flow (256 hosts,
    /// 50 % load) on one core, so a quarter of a minute. Work on windows and paths is shared by threads.
    uint64_t networkFlows = 5'000'000;
    /// Of more flows, from how many per host on Scope::AUTO means WINDOWS. With fewer, windows with what surrounds them
    /// are most of the trace.
    uint64_t windowsFlowsPerHost = 20'000;
    /// Up to which it then means NETWORK all the same, in about three minutes of processor time and 4 GB
    /// (docs/performance.md), for paths are less exact (docs/accuracy.md); beyond, PATHS.
    uint64_t mostNetworkFlows = 20'000'000;
    uint64_t flowsPerClass = 5000;    //!< that Scope::NETWORK and WINDOWS correct at most; at least 1
    uint32_t windows = 16;            //!< that Scope::WINDOWS draws; at least 1
    uint64_t flowsPerWindow = 20'000; //!< that a window has at most; at least 1
    /// Number of paths that Scope::PATHS and PUBLISHED draw; at least 1, at most 500 or the number of flows.
    uint32_t paths = 500;
    /// That Scope::PATHS corrects at most, successive ones, of a path for each time that it was drawn; at least 1 and
    /// below 2^32.
    uint64_t flowsPerPath = 12;
    /// Of their drawing, and of Parsimon's draws. A run of ns-3 (--RngRun, RngSeedManager::SetRun) shifts this seed,
    /// that of `config` and WorkloadHelper::seed: SeedOfReplication().
    uint64_t seed = 1;
    /// Unless 0: more flows, windows or paths are drawn until the 95 % interval of the p99 of all flows reaches no
    /// further than this share of it to either side, or everything is drawn.
    double targetError = 0;
    /// That share the work of the engines m3 and Parsimon, at most 4096; 0: one per processor. What comes out is the
    /// same.
    uint32_t threads = 0;
    EstimateShare* share = nullptr; //!< processes that share the paths of Scope::PATHS: only rank 0 gets a report that
                                    //!< is filled; null for this one alone
    uint32_t check = 0;        //!< unless 0, Run by the m3 engine checks itself on so many parts of the trace: Check()
    bool medianFcts = false;   //!< RunPerFlow by m3 gives the median of each flow's distribution instead of a draw: the
                               //!< best guess for the one flow, but the tail of all of them is too short
    bool keepFluidRun = false; //!< for Scope::NETWORK: the next Run of the same flows with the same header bytes
                               //!< needs no flowSim; keeps 100 bytes and the route of each flow
    std::function<void(uint64_t done, uint64_t total)> progress; //!< called now and then; may be empty

    const FabricGraph& Fabric() const; //!< the network as it was read

    /// What Scope::AUTO means for so many flows on this network, or the scope that is set.
    Scope ScopeOf(uint64_t flows) const;

    /// Throws what Run would refuse, also for a field above that is out of its range, without running, and loads the
    /// model for Engine::M3. \throws InputError as Run
    void Prepare(Engine engine, const FlowList& flows);

    /**
     * The report has a note for everything of the scenario that the engine leaves out (scenario/scenario-traits.h) and,
     * from Engine::M3, for all that is outside of what models were trained on: single inputs, and the traffic as a
     * whole (scenario/traffic-shape.h). Where there is such a note it has no intervals. Engine::M3 gives flows that
     * meet no other flow the slowdown of the flow alone, by rule or by the packet engine; but for Scope::PUBLISHED.
     *
     * Engine::PACKET runs on ns3::Simulator; call it before or after Simulator::Run(), not from an event.
     *
     * \param flows ascending by start; hosts by index in the node container
     * \throws InputError for a configuration that cannot work, an unconnected pair, a checkpoint that cannot be used;
     * for Scope::PUBLISHED also for other size classes than the default ones and for paths of other than 2, 4, 6 links
     */
    SlowdownReport Run(Engine engine, const FlowList& flows);

    /**
     * Engine::M3 under several configurations: as Run with each, but flowSim runs once for successive ones with the
     * same header bytes, its hops are looked at once for those of them that differ neither in window, base RTT nor
     * buffers, and targetError does not apply. `config` is left as it is.
     * \param done gets each report and the place of its configuration, not always in their order
     * \throws InputError as Run, before the first report for what is wrong with a configuration
     */
    void RunConfigurations(const FlowList& flows,
                           const std::vector<RdmaConfig>& configs,
                           const std::function<void(std::size_t index, const SlowdownReport& report)>& done);

    /**
     * What the packet engine says of parts of the trace, as many as `check`, and what the m3 engine says of the same
     * flows: where they differ, the model is off. Parts are spread evenly; each is PART_FLOWS successive flows on an
     * empty network, of which the first half only make the surroundings of the rest. A trace of no more flows is one
     * part, all of which counts. Run has the errors of p50 and p99 among the notes of its report.
     * \return by packets, by m3 \throws InputError as Run, if the trace has no room for so many parts, for
     * Scope::PUBLISHED
     */
    std::vector<SlowdownReport> Check(const FlowList& flows);
    /// Of a part.
    static constexpr uint32_t PART_FLOWS = 20'000;

    /**
     * When every flow is done. Engine::M3 draws each from its predicted distribution (but see medianFcts),
     * Engine::PARSIMON from the delays of its links, with `seed`: right for the whole, not for the one flow. M3:
     * Scope::NETWORK only, also meant by AUTO. \throws InputError as Run, and for another scope
     */
    std::vector<CompletionTime> RunPerFlow(Engine engine, const FlowList& flows);

  private:
    /// Of flows in a configuration.
    struct Work;

    void CheckFields(const FlowList& flows) const;
    void CheckConfig(const RouteTable& routes) const;
    void AddScenarioNotes(Engine engine, const FlowList& flows, SlowdownReport& report) const;
    void LoadModel(Scope used);
    std::vector<std::size_t> CheckedParts(const FlowList& flows) const;
    std::vector<SlowdownReport> RunCheck(const FlowList& flows);
    static void AddCheckNotes(const std::vector<SlowdownReport>& check, SlowdownReport& report);

    PacketResult AddPacketRun(const FlowList& flows, uint32_t firstFlow, SlowdownReport& report);
    SlowdownReport RunPacket(const FlowList& flows);
    SlowdownReport RunFluid(const FlowList& flows);
    SlowdownReport RunLinks(const FlowList& flows) const;
    ParsimonEstimate EstimateByLinks(const RouteTable& routes, const FlowList& flows) const;
    SlowdownReport RunM3(const FlowList& flows);
    SlowdownReport Estimate(const Work& work);
    SlowdownReport EstimateOnce(const Work& work, uint64_t draws);
    SlowdownReport EmptyReport(const FlowList& flows) const;
    EstimateInput InputOf(const Work& work) const;
    std::function<void(uint64_t)> Reporter(const FlowList& flows) const;

    std::shared_ptr<const FluidRun> RunFluidOf(const RouteTable& routes, const FlowList& flows);
    CompletionTime TimeOf(double slowdown, double idealNs, const Route& route) const;
    std::vector<CompletionTime> DrawFcts(const FlowList& flows);
    std::vector<CompletionTime> DrawFctsByLinks(const FlowList& flows) const;

    FabricGraph m_fabric;
    std::unique_ptr<CorrectionModel> m_model;       //!< where scope is not PUBLISHED
    std::unique_ptr<PathMapModel> m_publishedModel; //!< where scope is PUBLISHED
    std::string m_modelFile;                        //!< that the model was loaded from
    std::shared_ptr<const FluidRun> m_fluidRun;     //!< with keepFluidRun
    uint64_t m_fluidRunKey = 0;                     //!< hash of what it was made for
    double m_loadSeconds = 0;                       //!< time of loading it, until a report has it
};

} // namespace ns3::m3

#endif // M3_ESTIMATOR_H
