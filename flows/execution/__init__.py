"""How a run is executed: its folder, stages as Prefect tasks, the results kept between them, the Prefect server."""
