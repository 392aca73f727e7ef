using Salon.App.Hosting;

return await StartUp.RunAsync(args);
