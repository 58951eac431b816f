// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_SCENARIO_OPTIONS_H
#define M3_SCENARIO_OPTIONS_H

#include "ns3/m3-estimator.h"
#include "ns3/m3-fabric-helper.h"
#include "ns3/m3-flow.h"
#include "ns3/m3-program-options.h"
#include "ns3/m3-schedule.h"
#include "ns3/m3-workload-helper.h"

#include <string>
#include <utility>
#include <vector>

namespace ns3::m3
{

/// Options of a scenario and of its engines, as a command line gives them.
struct ScenarioOptions
{
    ThreeTierShape shape;
    WorkloadHelper workload;
    std::string topologyFile;
    std::string flowFile;
    std::vector<std::string> collectives; //!< CollectiveTraffic::Parse() of each, side by side
    std::vector<std::string> clients;     //!< RequestClients::Parse() of each, side by side
    std::string configFile;
    std::string failureFile; //!< failures of links and nodes
    std::string failures;    //!< more of them, as a text
    RdmaConfig config;       //!< without the settings of a config file
    /// Options that were given, with their texts; those of the configuration override a config file.
    std::vector<std::pair<std::string, std::string>> given;
    std::string mode = "standard";
    EngineOptions ofEngines; //!< options of engines: defaults of the program, then those that were given
    std::string replacement; //!< engine that an option selects in the place of its family (EngineInfo::formerOption)
    std::string sizeClasses;
    uint32_t threads = 0;
    bool links = false;     //!< Question::links
    std::string by;         //!< words of Question::by, with commas
    std::string labelsFile; //!< labels of one's own, "" for none

    /// Returns whether flows are generated where no file has them: not beside collectives and clients, unless their
    /// number is given.
    bool GeneratesFlows() const;
};

/// Adds the options of a scenario and of all engines.
void AddScenarioOptions(ProgramOptions& program, ScenarioOptions& options);

/// Reads a command line. \param program has AddScenarioOptions(options) \return as ParseArguments \throws InputError
bool ParseScenarioArguments(ProgramOptions& program, ScenarioOptions& options, int argc, char* argv[]);

/// Returns the name of the engine that answers for a name. \throws InputError that lists the engines
std::string EngineOf(const ScenarioOptions& options, const std::string& name);

/// A scenario ready to run.
struct ScenarioRun
{
    M3Estimator estimator;
    Schedule schedule;  //!< its traffic; a list of flows is one without dependencies
    double seconds = 0; //!< time that reading or generating it took
    InputNotes notes;   //!< notes on its files

    /// Returns its flows.
    const FlowList& Flows() const
    {
        return schedule.Flows();
    }
};

/// Builds nodes and flows from the options. \throws InputError for wrong ones
ScenarioRun MakeScenario(const ScenarioOptions& options);

/// Returns the network of the options. \throws InputError for wrong ones
FabricGraph MakeFabric(const ScenarioOptions& options);

/// Returns the configuration of the options. \throws InputError for wrong ones
RdmaConfig MakeConfig(const ScenarioOptions& options);

/// Adds the options --links, --by and --labels, for programs that report where flows are slow.
void AddWhereOptions(ProgramOptions& program, ScenarioOptions& options);

/// Describes the flows of a scenario: their number, and their time, or how many wait for others.
std::string FlowsText(const Schedule& schedule);

/// Prints hosts, flows and configuration in one line, and notes on input files to standard error.
void PrintScenario(const ScenarioRun& scenario);

} // namespace ns3::m3

#endif // M3_SCENARIO_OPTIONS_H
