#ifndef M3_SCENARIO_OPTIONS_H
#define M3_SCENARIO_OPTIONS_H

#include "ns3/command-line.h"
#include "ns3/fabric-helper.h"
#include "ns3/flow.h"
#include "ns3/m3-estimator.h"
#include "ns3/workload-helper.h"

#include <string>
#include <vector>

namespace ns3::m3
{

/// A scenario as the command line says it, and how it is estimated.
struct ScenarioOptions
{
    ThreeTierShape shape;
    std::string hostRate = "10Gbps";
    std::string fabricRate = "40Gbps";
    WorkloadHelper workload;
    std::string topologyFile;
    std::string flowFile;
    std::string configFile;
    std::string control = "dctcp";
    std::string mode = "standard";
    std::string scope = "auto";
    uint32_t windows = 16;
    uint64_t flowsPerWindow = 20'000;
    uint32_t paths = 500;
    std::string checkpoint;
    std::string sizeClasses;
    uint64_t flowsPerClass = 5000;
    uint64_t flowsPerPath = 12;
    std::string targetError = "0%";
    uint32_t threads = 0;
    bool pfc = true;
    bool variableWindow = true;
    double window = -1; //!< bytes; -1 here and below for the default
    double buffer = -1;
    double k = -1;
    double kmin = -1;
    double kmax = -1;
    double pmax = -1;
    double eta = -1;
    double hpccAi = -1; //!< Mb/s
    double tLow = -1;   //!< us
    double tHigh = -1;
};

/// Adds an option for each of them.
void AddScenarioOptions(CommandLine& cmd, ScenarioOptions& options);

/// A scenario ready to run.
struct Scenario
{
    M3Estimator estimator;
    FlowList flows;
    double seconds = 0; //!< that reading or generating it took
    InputNotes notes;   //!< of its files
};

/// Builds nodes and flows as the options say. \throws InputError for what cannot be
Scenario MakeScenario(const ScenarioOptions& options);

/// The configuration that the options say. \throws InputError
RdmaConfig MakeConfig(const ScenarioOptions& options);

/// Prints a line: hosts, flows, configuration; notes on input files to standard error.
void PrintScenario(const Scenario& scenario);

/// Creates a folder if a name is given. \throws InputError
void MakeFolder(const std::string& folder);

/// Writes report.csv, report.json, slowdown.png and slowdown.svg into a folder. \throws as ns3/report-writer.h
void WriteReports(const std::vector<SlowdownReport>& reports, const std::string& folder);

} // namespace ns3::m3

#endif // M3_SCENARIO_OPTIONS_H
